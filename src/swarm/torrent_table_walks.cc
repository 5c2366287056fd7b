// The walks of TorrentTable that only read. A torrent's place in the sorted sequence is its order,
// so a walk that always leaves off between two orders misses nothing and repeats nothing.
#include "swarm/torrent_table.h"

namespace ot {
namespace {

uint32_t address_of(const Peer4& peer) {
  return ByteReader(ByteView(peer.endpoint)).read<uint32_t>();
}

// The torrent's blocks that the cursor has still to do, the last first. False if one had no room.
bool copy_blocks(const PeerList<Peer4>& list, SweepCursor& cursor, std::span<uint32_t> out,
                 size_t& count) {
  const uint32_t all = list.block_count();
  uint32_t left = cursor.blocks_left == 0 ? all : std::min(all, cursor.blocks_left);
  for (; left > 0; --left) {
    const PeerBlock<Peer4>& block = list.blocks()[left - 1];
    if (out.size() - count < block.size()) break;
    for (size_t i = 0; i < block.size(); ++i) out[count++] = address_of(block.peers[i]);
  }
  cursor.blocks_left = left;
  return left == 0;
}

}  // namespace

void go_on_at(uint64_t order, SweepCursor& cursor) {
  if (order > UINT32_MAX) {
    cursor = {(cursor.shard + 1) % static_cast<uint32_t>(TorrentTable::kShards), 0, 0, 0};
  } else if (order != cursor.order) {
    cursor = {cursor.shard, static_cast<uint32_t>(order), 0, 0};
  }
}

size_t TorrentTable::copy_torrents(SweepCursor& cursor, std::span<TorrentCopy> out) {
  Shard& shard = shards_[cursor.shard];
  const MutexLock lock(shard.mutex);
  TorrentIndex& index = shard.index;
  size_t at = index.position_after(cursor.order, 0);
  const size_t end = std::min(index.length(), at + out.size());
  size_t count = 0;
  size_t twins = 0;  // copied torrents of the last order
  uint32_t last = 0;
  for (; at < end; ++at) {
    const Torrent& torrent = index.slot(at);
    if (!torrent.is_occupied()) continue;
    twins = count != 0 && torrent.order() == last ? twins + 1 : 1;
    last = torrent.order();
    out[count++] = {torrent.info_hash(), torrent.counts(), torrent.minute};
  }
  uint64_t next = index.lowest_order_from(at);
  if (count != 0 && next == last) {
    // Twins stay together; if they are all there is, the rest of them is given up.
    if (count == twins) {
      ++next;
    } else {
      count -= twins;
    }
  }
  go_on_at(next, cursor);
  return count;
}

size_t TorrentTable::torrents_in(uint32_t shard) {
  Shard& found = shards_[shard];
  const MutexLock lock(found.mutex);
  return found.index.size();
}

size_t TorrentTable::copy_addresses4(SweepCursor& cursor, std::span<uint32_t> out) {
  Shard& shard = shards_[cursor.shard];
  const MutexLock lock(shard.mutex);
  TorrentIndex& index = shard.index;
  size_t at = index.position_after(cursor.order, cursor.twins);
  const size_t end = std::min(index.length(), at + out.size());
  size_t count = 0;
  for (; at < end; ++at) {
    Torrent& torrent = index.slot(at);
    if (!torrent.is_occupied()) continue;
    if (torrent.order() != cursor.order) cursor = {cursor.shard, torrent.order(), 0, 0};
    if (!copy_blocks(torrent.peers().v4, cursor, out, count)) break;
    ++cursor.twins;
  }
  go_on_at(index.lowest_order_from(at), cursor);
  return count;
}

}  // namespace ot
