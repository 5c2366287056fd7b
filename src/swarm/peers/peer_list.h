// The peers of one family in one torrent, from one peer to millions, each operation bounded.
//
// Up to kSplitAt peers stand in one dense block, found by a scan. A larger swarm is a directory of
// such blocks, a peer's block chosen by a keyed hash of its endpoint (linear hashing: the directory
// grows by one block at a time, so no single announce ever moves more than one block's peers). A
// scan then costs the same in a swarm of a million as in one of a hundred, and no index of
// positions is kept beside the peers: see docs/decisions/0002-blocks-not-positions.md.
//
// A PeerList is 16 bytes, trivially copyable (it lives in a slot that moves) and does not own by
// destructor: release(). Not thread-safe; the shard's lock guards it. Failure to get memory leaves
// the list as it was.
#pragma once

#include <algorithm>
#include <cassert>
#include <optional>

#include "base/memory_budget.h"
#include "base/secret_hash.h"
#include "swarm/peers/peer_block.h"

namespace ot {

// What a list needs from its table.
struct SwarmContext {
  const SecretHash& hash;
  MemoryBudget& memory;
  PeerScan scan;
};

struct PeerPosition {
  uint32_t block;
  uint32_t index;

  friend constexpr bool operator==(const PeerPosition&, const PeerPosition&) = default;
};

template <typename Peer>
class PeerList {
 public:
  using Block = PeerBlock<Peer>;
  // A single block is split at this many peers. Blocks of a directory then hold half of it on
  // average; below a quarter two are joined.
  static constexpr size_t kSplitAt = 192;
  // No block holds more, so that the work of every operation is bounded even if splits find no
  // memory. With memory no block comes near it: 13 standard deviations.
  static constexpr size_t kBlockLimit = 2 * kSplitAt;

  // Trivial, for the sake of the slot's union: an empty list is PeerList{}.
  PeerList() = default;
  // A list over an array inside a slot; moves to memory of its own when the array gets too small.
  [[nodiscard]] static PeerList borrow(Peer* peers, unsigned leechers, unsigned seeders,
                                       size_t capacity);

  [[nodiscard]] uint32_t leechers() const;
  [[nodiscard]] uint32_t seeders() const;
  [[nodiscard]] uint32_t count(bool seeding) const { return seeding ? seeders() : leechers(); }
  [[nodiscard]] uint32_t size() const { return leechers() + seeders(); }
  [[nodiscard]] bool is_borrowed() const { return only_.storage == PeerStorage::borrowed; }

  [[nodiscard]] std::optional<PeerPosition> find(const Peer& key,
                                                 const SwarmContext& context) const;
  // Asks for what find() will read.
  void prefetch(const Peer& key, const SwarmContext& context) const {
    if (!is_borrowed()) blocks()[block_of(key, context.hash)].prefetch();
  }
  [[nodiscard]] Peer& at(PeerPosition position) const {
    assert(position.block < block_count() && position.index < blocks()[position.block].size());
    return blocks()[position.block].peers[position.index];
  }
  [[nodiscard]] bool is_seeder(PeerPosition position) const {
    return blocks()[position.block].is_seeder(position.index);
  }

  // Moves borrowed peers to memory of the list's own. False if there is none.
  [[nodiscard]] bool unborrow(MemoryBudget& memory);

  // The peer must not be present. Nothing if there is no memory for it.
  [[nodiscard]] std::optional<PeerPosition> insert(const Peer& peer, bool seeding,
                                                   const SwarmContext& context);
  PeerPosition set_seeding(PeerPosition position, bool seeding);
  // Invalidates all positions.
  void remove(PeerPosition position, const SwarmContext& context);

  // Removes the peers of one block that were last heard of more than `timeout` minutes ago, and
  // returns how many. `number` is less than block_count(). The blocks stay where they are, so that
  // a walk over them can go on; call trim() afterwards.
  uint32_t expire_block(uint32_t number, Minute now, unsigned timeout, const SwarmContext& context);
  // Gives back memory that removals have left unused. One bounded step.
  void trim(const SwarmContext& context);

  // Frees all memory of the list, which is empty then.
  void release(MemoryBudget& memory);

  // The blocks as an array, for reading all peers or some of them.
  [[nodiscard]] uint32_t block_count() const;
  [[nodiscard]] const Block* blocks() const;
  [[nodiscard]] Block* blocks();

 private:
  struct Directory;

  [[nodiscard]] bool is_directory() const { return only_.storage == PeerStorage::directory; }
  [[nodiscard]] Directory& directory() const;
  [[nodiscard]] uint32_t block_of(const Peer& peer, const SecretHash& hash) const;
  void count_peer(bool seeding, int change);
  [[nodiscard]] bool resize_directory(uint32_t capacity, MemoryBudget& memory);
  void collapse(MemoryBudget& memory);
  void split(const SwarmContext& context);
  void join(const SwarmContext& context);

  Block only_;
};
static_assert(sizeof(PeerList<Peer4>) == 16 && sizeof(PeerList<Peer6>) == 16);

extern template class PeerList<Peer4>;
extern template class PeerList<Peer6>;

}  // namespace ot
