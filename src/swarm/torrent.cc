#include "swarm/torrent.h"

#include <algorithm>
#include <cassert>

namespace ot {

TorrentPeers Torrent::peers() {
  if (has_lists()) return {lists_.v4, lists_.v6};
  return {PeerList<Peer4>::borrow(inline_, inline_leechers(), inline_seeders(), kInlinePeers), {}};
}

SwarmCounts Torrent::counts() {
  if (!has_lists()) return {inline_seeders(), inline_leechers(), downloaded};
  return {lists_.v4.seeders() + lists_.v6.seeders(), lists_.v4.leechers() + lists_.v6.leechers(),
          downloaded};
}

void Torrent::store_inline(const TorrentPeers& peers) {
  const unsigned counts = peers.v4.leechers() | (peers.v4.seeders() << kSeedersShift);
  state_ = static_cast<uint8_t>(kOccupied | counts);
}

void Torrent::store(TorrentPeers& peers, MemoryBudget& memory) {
  if (peers.v4.is_borrowed() && peers.v6.size() == 0) {
    store_inline(peers);
    return;
  }
  // One less than fits, so that a swarm that breathes at the border does not allocate with each
  // breath.
  const bool small = peers.v4.block_count() == 1 && peers.v4.size() < kInlinePeers;
  if (!peers.v4.is_borrowed() && small && peers.v6.size() == 0) {
    PeerList<Peer4> list = peers.v4;
    std::copy_n(list.blocks()->peers, list.size(), inline_);
    store_inline(peers);
    list.release(memory);
    peers.v6.release(memory);
    return;
  }
  assert(!peers.v4.is_borrowed());
  lists_ = {peers.v4, peers.v6};
  state_ = kOccupied | kLists;
}

}  // namespace ot
