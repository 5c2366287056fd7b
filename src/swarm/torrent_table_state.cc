// What a state file needs of TorrentTable: a walk that copies everything, and the way back.
//
// The walk leaves off between two torrents, or between two blocks of a large swarm, and the sorted
// sequence tells where to go on (torrent_table_walks.cc).
#include <algorithm>

#include "swarm/torrent_table.h"

namespace ot {
namespace {

template <typename Peer>
bool has_room_for(const SwarmCopy& out, size_t peers) {
  if constexpr (Peer::kCompact == kCompactPeer4) return out.has_room4(peers);
  return out.has_room6(peers);
}

// False if the block has no room.
template <typename Peer>
bool copy_block(const PeerBlock<Peer>& block, Minute now, SwarmCopy& out) {
  if (!has_room_for<Peer>(out, block.size())) return false;
  for (size_t i = 0; i < block.size(); ++i) {
    Peer peer = block.peers[i];
    peer.minute = static_cast<uint8_t>(age_of(peer.minute, now));
    out.add(peer);
  }
  return true;
}

// Stamped by another thread whose clock had just passed the minute: new.
uint16_t silence_of(const Torrent& torrent, Minute now) {
  const auto silent = static_cast<uint16_t>(now - torrent.minute);
  return silent == UINT16_MAX ? uint16_t{0} : silent;
}

// The number-th block of both families. False if it has no room.
bool copy_block(const TorrentPeers& peers, uint32_t number, Minute now, SwarmCopy& out) {
  const uint32_t blocks4 = peers.v4.block_count();
  if (number < blocks4) return copy_block(peers.v4.blocks()[number], now, out);
  return copy_block(peers.v6.blocks()[number - blocks4], now, out);
}

// The torrent's blocks that the cursor has still to do, the last first. False if one had no room.
bool copy_torrent(Torrent& torrent, SweepCursor& cursor, Minute now, SwarmCopy& out) {
  const TorrentPeers peers = torrent.peers();
  const uint32_t all = peers.v4.block_count() + peers.v6.block_count();
  uint32_t left = cursor.blocks_left == 0 ? all : std::min(all, cursor.blocks_left);
  out.begin({torrent.info_hash(), torrent.downloaded, silence_of(torrent, now)});
  while (left > 0 && copy_block(peers, left - 1, now, out)) --left;
  cursor.blocks_left = left;
  return left == 0;
}

// What is restored of one torrent.
struct Restoring {
  Minute now;
  uint64_t elapsed;  // minutes, to be added to every age
  unsigned timeout;
  uint64_t room;  // for so many peers more
  RestoreOutcome& outcome;
};

// As whoever announces is: nobody is reached at port 0, or at the address that is none.
template <typename Peer>
bool is_reachable(const Peer& peer) {
  const auto port = peer.endpoint.end() - 2;
  const auto is_set = [](uint8_t byte) { return byte != 0; };
  return std::any_of(peer.endpoint.begin(), port, is_set) &&
         std::any_of(port, peer.endpoint.end(), is_set);
}

// The younger one counts if a peer is there already.
template <typename Peer>
void restore_peer(Peer peer, uint64_t age, PeerList<Peer>& list, const SwarmContext& context,
                  Restoring& restoring) {
  peer.minute = static_cast<uint8_t>(restoring.now - static_cast<Minute>(age));
  peer.flags &= kPeerSeeding | kPeerCompleted;
  if (const auto position = list.find(peer, context)) {
    Peer& there = list.at(*position);
    if (age_of(there.minute, restoring.now) > age) there.minute = peer.minute;
    return;
  }
  const bool is_stored =
      restoring.room > 0 && list.insert(peer, (peer.flags & kPeerSeeding) != 0, context);
  restoring.room -= is_stored ? 1U : 0U;
  ++(is_stored ? restoring.outcome.peers : restoring.outcome.refused);
}

template <typename Peer>
void restore_list(std::span<const Peer> peers, PeerList<Peer>& list, const SwarmContext& context,
                  Restoring& restoring) {
  for (const Peer& peer : peers) {
    const uint64_t age = restoring.elapsed + peer.minute;
    if (age > restoring.timeout) {
      ++restoring.outcome.too_old;
    } else if (!is_reachable(peer)) {
      ++restoring.outcome.refused;
    } else {
      restore_peer(peer, age, list, context, restoring);
    }
  }
}

template <typename Peer>
bool any_within(std::span<const Peer> peers, uint64_t elapsed, unsigned timeout) {
  return std::any_of(peers.begin(), peers.end(),
                     [=](const Peer& peer) { return elapsed + peer.minute <= timeout; });
}

}  // namespace

void TorrentTable::copy_swarms(SweepCursor& cursor, Minute now, SwarmCopy& out) {
  out.clear();
  Shard& shard = shards_[cursor.shard];
  const MutexLock lock(shard.mutex);
  TorrentIndex& index = shard.index;
  size_t at = index.position_after(cursor.order, cursor.twins);
  const size_t end = std::min(index.length(), at + SwarmCopy::kParts);
  for (; at < end; ++at) {
    Torrent& torrent = index.slot(at);
    if (!torrent.is_occupied()) continue;
    if (torrent.order() != cursor.order) cursor = {cursor.shard, torrent.order(), 0, 0};
    if (!copy_torrent(torrent, cursor, now, out)) break;
    ++cursor.twins;
  }
  go_on_at(index.lowest_order_from(at), cursor);
}

uint64_t TorrentTable::room_for(const TorrentPeers& peers) const {
  const auto left = [](uint64_t limit, uint64_t used) {
    return limit == 0 ? UINT64_MAX : limit - std::min(limit, used);
  };
  return std::min(left(options_.max_peers, this->peers()),
                  left(options_.max_peers_per_torrent, peers.size()));
}

RestoreOutcome TorrentTable::restore(const SwarmPart& part, std::span<const Peer4> peers4,
                                     std::span<const Peer6> peers6, uint64_t elapsed, Minute now) {
  const auto timeout = static_cast<unsigned>(options_.peer_timeout.count());
  const uint64_t silent = part.silent + elapsed;
  const bool is_remembered =
      part.downloaded != 0 && silent <= static_cast<uint64_t>(options_.torrent_timeout.count());
  const bool has_peers6 = any_within(peers6, elapsed, timeout);
  const auto all = static_cast<uint32_t>(peers4.size() + peers6.size());
  if (!is_remembered && !has_peers6 && !any_within(peers4, elapsed, timeout))
    return {.too_old = all};
  const Place place = locate(part.info_hash);
  Shard& shard = shards_[place.shard];
  const MutexLock lock(shard.mutex);
  Torrent* torrent = shard.index.find(part.info_hash, place.order());
  const bool is_new = torrent == nullptr;
  if (is_new) torrent = add(shard, part.info_hash, place);
  if (torrent == nullptr) return {.refused = all};
  if (is_new || static_cast<uint16_t>(now - torrent->minute) > silent)
    torrent->minute = static_cast<uint16_t>(now - static_cast<Minute>(silent));
  torrent->downloaded = std::max(torrent->downloaded, part.downloaded);
  const SwarmCounts before = torrent->counts();
  TorrentPeers peers = torrent->peers();
  RestoreOutcome outcome;
  Restoring restoring{now, elapsed, timeout, room_for(peers), outcome};
  restore_list(peers4, peers.v4, context(), restoring);
  // An IPv6 peer needs the room of the inline IPv4 ones.
  if (has_peers6 && !peers.v4.unborrow(memory_)) restoring.room = 0;
  restore_list(peers6, peers.v6, context(), restoring);
  const bool is_gone = settle(shard, *torrent, before, peers);
  outcome.new_torrent = is_new && !is_gone;
  return outcome;
}

}  // namespace ot
