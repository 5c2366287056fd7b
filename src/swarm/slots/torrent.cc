#include "swarm/slots/torrent.h"

#include <algorithm>
#include <cassert>

namespace ot {

TorrentPeers Torrent::peers() {
  if (has_lists()) return {lists_.v4, lists_.v6};
  return {PeerList<Peer4>::borrow(inline_, inline_leechers(), inline_seeders(), kInlinePeers), {}};
}

SwarmCounts Torrent::counts() const {
  if (!has_lists()) return {inline_seeders(), inline_leechers(), downloaded};
  return {lists_.v4.seeders() + lists_.v6.seeders(), lists_.v4.leechers() + lists_.v6.leechers(),
          downloaded};
}

void Torrent::store_counts(unsigned leechers, unsigned seeders) {
  assert(leechers + seeders <= kInlinePeers);
  state_ = static_cast<uint8_t>(kOccupied | leechers | (seeders << kSeedersShift));
}

void Torrent::store(TorrentPeers& peers, MemoryBudget& memory) {
  if (peers.v4.is_borrowed() && peers.v6.size() == 0) {
    store_counts(peers.v4.leechers(), peers.v4.seeders());
    return;
  }
  assert(!peers.v4.is_borrowed());
  // One less than fits, so that a swarm whose size goes up and down there does not allocate each
  // time. A list that has lost its last peers at once may still have many blocks.
  const bool small = peers.v4.block_count() == 1 && peers.v4.size() < kInlinePeers;
  if ((small || peers.v4.size() == 0) && peers.v6.size() == 0) {
    if (peers.v4.size() != 0) std::copy_n(peers.v4.blocks()->peers, peers.v4.size(), inline_);
    store_counts(peers.v4.leechers(), peers.v4.seeders());
    peers.v4.release(memory);
    peers.v6.release(memory);
    return;
  }
  lists_ = {peers.v4, peers.v6};
  state_ = kOccupied | kLists;
}

}  // namespace ot
