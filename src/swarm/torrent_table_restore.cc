// How TorrentTable restores torrents from a dump or a state file. Restoring never lowers a count
// and counts no peer or download twice, so a file may be loaded twice, or while announces come in.
#include <algorithm>
#include <type_traits>

#include "swarm/torrent_table.h"

namespace ot {
namespace {

// What is restored of one torrent.
struct Restoring {
  Minute now;
  uint64_t elapsed;  // minutes, to be added to every age
  unsigned timeout;
  uint64_t room;  // for this many more peers
  RestoreOutcome& outcome;
};

IpAddress address_of(const Peer4& peer) {
  return IpAddress::v4(ByteView(peer.endpoint).first<4>());
}
IpAddress address_of(const Peer6& peer) {
  return IpAddress::v6(ByteView(peer.endpoint).first<16>());
}

// As for any peer that announces: a port other than 0, and an address that a peer can have, in its
// own family (an IPv4 address mapped into IPv6 would be a second name of the same peer).
template <typename Peer>
bool is_usable(const Peer& peer) {
  const bool has_port =
      peer.endpoint[Peer::kCompact - 2] != 0 || peer.endpoint[Peer::kCompact - 1] != 0;
  const IpAddress address = address_of(peer);
  return has_port && !address.is_martian() && address.is_v4() == std::is_same_v<Peer, Peer4>;
}

// If the peer is there already, the later of the two announces counts.
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
    } else if (!is_usable(peer)) {
      ++restoring.outcome.unusable;
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

void TorrentTable::expect(uint64_t torrents) {
  // Only an estimate; it must not use up memory that real torrents need.
  const uint64_t limit = commons_.options.max_memory;
  if (limit != 0 && torrents > limit / 2 / sizeof(Torrent)) return;
  for (uint32_t i = 0; i < kShards; ++i) {
    Shard& shard = shard_to_change(i);
    const MutexLock lock(shard.mutex);
    shard.reserve(torrents / kShards);
  }
}

Restored TorrentTable::restore_torrent(const InfoHash& info_hash, Place place,
                                       const TorrentPast& past, Minute now) {
  // The sweep would take it out again.
  if (past.minutes_silent > commons_.options.torrent_timeout.count()) return Restored::too_old;
  const auto minute = static_cast<uint16_t>(now - past.minutes_silent);
  Shard& shard = shard_to_change(place.shard);
  const MutexLock lock(shard.mutex);
  if (Torrent* torrent = shard.find(info_hash, place); torrent != nullptr) {
    torrent->downloaded = std::max(torrent->downloaded, past.downloaded);
    const auto silent = static_cast<uint16_t>(now - torrent->minute);
    if (past.minutes_silent < silent) torrent->minute = minute;
    return Restored::merged;
  }
  Torrent* torrent = shard.add(info_hash, place);
  if (torrent == nullptr) return Restored::no_memory;
  torrent->downloaded = past.downloaded;
  torrent->minute = minute;
  return Restored::added;
}

RestoreOutcome TorrentTable::restore(const SwarmPart& part, std::span<const Peer4> peers4,
                                     std::span<const Peer6> peers6, uint64_t elapsed, Minute now) {
  const TableOptions& options = commons_.options;
  const auto timeout = static_cast<unsigned>(options.peer_timeout.count());
  const uint64_t silent = part.silent + elapsed;
  const bool is_remembered =
      part.downloaded != 0 && silent <= static_cast<uint64_t>(options.torrent_timeout.count());
  const bool has_peers6 = any_within(peers6, elapsed, timeout);
  const auto all = static_cast<uint32_t>(peers4.size() + peers6.size());
  if (!is_remembered && !has_peers6 && !any_within(peers4, elapsed, timeout))
    return {.too_old = all};
  const Place place = locate(part.info_hash);
  Shard& shard = shard_to_change(place.shard);
  const MutexLock lock(shard.mutex);
  Torrent* torrent = shard.find(part.info_hash, place);
  const bool is_new = torrent == nullptr;
  if (is_new) torrent = shard.add(part.info_hash, place);
  if (torrent == nullptr) return {.refused = all};
  if (is_new || static_cast<uint16_t>(now - torrent->minute) > silent)
    torrent->minute = static_cast<uint16_t>(now - static_cast<Minute>(silent));
  torrent->downloaded = std::max(torrent->downloaded, part.downloaded);
  const SwarmCounts before = torrent->counts();
  TorrentPeers peers = torrent->peers();
  RestoreOutcome outcome;
  Restoring restoring{now, elapsed, timeout, commons_.room_for(peers), outcome};
  restore_list(peers4, peers.v4, commons_.context(), restoring);
  // An IPv6 peer needs the room of the inline IPv4 ones.
  if (has_peers6 && !peers.v4.unborrow(commons_.memory)) restoring.room = 0;
  restore_list(peers6, peers.v6, commons_.context(), restoring);
  const bool is_gone = shard.settle(*torrent, before, peers);
  outcome.new_torrent = is_new && !is_gone;
  return outcome;
}

}  // namespace ot
