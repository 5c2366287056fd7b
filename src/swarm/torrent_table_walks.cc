// The walks of TorrentTable that read: what each of them copies, and where each may stop.
#include <algorithm>

#include "swarm/torrent_table.h"

namespace ot {
namespace {

uint32_t address_of(const Peer4& peer) {
  return ByteReader(ByteView(peer.endpoint)).read<uint32_t>();
}

// Calls copy_block(number) for the blocks of a torrent that are still to be copied, from the last
// to the first, until one finds no room; that one and those before it are left for the next call.
template <typename CopyBlock>
WalkStep copy_blocks(uint32_t all, SweepCursor& cursor, CopyBlock copy_block) {
  uint32_t left = cursor.blocks_left == 0 ? all : std::min(all, cursor.blocks_left);
  while (left > 0 && copy_block(left - 1)) --left;
  cursor.blocks_left = left;
  return left == 0 ? WalkStep::next : WalkStep::leave;
}

template <typename Peer>
bool has_room_for(const SwarmCopy& out, size_t peers) {
  if constexpr (Peer::kCompact == kCompactPeer4) return out.has_room4(peers);
  return out.has_room6(peers);
}

// False if the block has no room.
template <typename Peer>
bool copy_peers(const PeerBlock<Peer>& block, Minute now, SwarmCopy& out) {
  if (!has_room_for<Peer>(out, block.size())) return false;
  for (size_t i = 0; i < block.size(); ++i) {
    Peer peer = block.peers[i];
    peer.minute = static_cast<uint8_t>(age_of(peer.minute, now));
    out.add(peer);
  }
  return true;
}

// 65535 is the stamp of another thread whose clock had just passed the minute: the torrent is new.
uint16_t silence_of(const Torrent& torrent, Minute now) {
  const auto silent = static_cast<uint16_t>(now - torrent.minute);
  return silent == UINT16_MAX ? uint16_t{0} : silent;
}

}  // namespace

template <typename Use>
void TorrentTable::walk(SweepCursor& cursor, size_t slots, Use use) {
  assert(cursor.shard < kShards);
  Shard& shard = shards_[cursor.shard];
  const MutexLock lock(shard.mutex);
  shard.walk(cursor, slots, use);
}

// Stops before the last order it listed, not among the torrents of that order: one of them may be
// removed before the next call, and then nobody knows which are done.
size_t TorrentTable::list(SweepCursor& cursor, std::span<InfoHash> out) {
  assert(out.size() >= kLeastStep);
  size_t count = 0;
  walk(cursor, out.size(), [&](const Torrent& torrent) {
    out[count++] = torrent.info_hash();
    return WalkStep::next;
  });
  cursor.twins = 0;
  return count;
}

// Stops between two orders: torrents of equal order are copied in one call.
size_t TorrentTable::copy_torrents(SweepCursor& cursor, std::span<TorrentCopy> out) {
  assert(out.size() >= kLeastStep);
  size_t count = 0;
  walk(cursor, out.size(), [&](const Torrent& torrent) {
    out[count++] = {torrent.info_hash(), torrent.counts(), torrent.minute};
    return WalkStep::next;
  });
  if (cursor.twins == 0) return count;
  if (cursor.twins == count) {
    // More torrents of one order than `out` has room for: the rest are left out.
    cursor.go_on_at(uint64_t{cursor.order} + 1);
    return count;
  }
  return count - std::exchange(cursor.twins, 0);
}

size_t TorrentTable::copy_addresses4(SweepCursor& cursor, std::span<uint32_t> out) {
  assert(out.size() >= PeerList<Peer4>::kBlockLimit);
  size_t count = 0;
  walk(cursor, out.size(), [&](Torrent& torrent) {
    const PeerList<Peer4> list = torrent.peers().v4;
    return copy_blocks(list.block_count(), cursor, [&](uint32_t number) {
      const PeerBlock<Peer4>& block = list.blocks()[number];
      if (out.size() - count < block.size()) return false;
      for (size_t i = 0; i < block.size(); ++i) out[count++] = address_of(block.peers[i]);
      return true;
    });
  });
  return count;
}

void TorrentTable::copy_swarms(SweepCursor& cursor, Minute now, SwarmCopy& out) {
  out.clear();
  walk(cursor, SwarmCopy::kParts, [&](Torrent& torrent) {
    const TorrentPeers peers = torrent.peers();
    const uint32_t blocks4 = peers.v4.block_count();
    out.begin({torrent.info_hash(), torrent.downloaded, silence_of(torrent, now)});
    return copy_blocks(blocks4 + peers.v6.block_count(), cursor, [&](uint32_t number) {
      return number < blocks4 ? copy_peers(peers.v4.blocks()[number], now, out)
                              : copy_peers(peers.v6.blocks()[number - blocks4], now, out);
    });
  });
}

}  // namespace ot
