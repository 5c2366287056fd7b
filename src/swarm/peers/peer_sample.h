// Choosing n peers of one kind from a list, uniformly, in compact form.
//
// The peers of a part (all leechers, or all seeders, of all blocks) are taken as a ring. From a
// random start, runs of up to eight neighbours (a cache line) are taken and random strides skipped,
// until n are chosen. The start is uniform and independent of the strides, so each peer is as
// likely as any other. The walk leaves out the asker. It costs the lines copied and, in a large
// swarm, the headers of the blocks between them; few peers of that kind in a large swarm may cost a
// pass over all its block headers.
#pragma once

#include <algorithm>
#include <cassert>
#include <optional>

#include "base/random.h"
#include "swarm/peers/peer_copies.h"
#include "swarm/peers/peer_list.h"

namespace ot {

// A position on the ring of one part. Never stops on the asker.
template <typename Peer>
class PartWalk {
 public:
  // `skipped` is the asker's place in this list, if it has one. At least one other peer must be in
  // the part.
  PartWalk(const PeerList<Peer>& list, bool seeding, std::optional<PeerPosition> skipped,
           Random& random)
      : blocks_(list.blocks()), block_count_(list.block_count()), seeding_(seeding) {
    const bool asker_inside = skipped && list.is_seeder(*skipped) == seeding;
    assert(list.count(seeding) > (asker_inside ? 1U : 0U));  // otherwise it would search for ever
    if (asker_inside) {
      skipped_block_ = skipped->block;
      skipped_offset_ = skipped->index - (seeding ? blocks_[skipped->block].leechers : 0U);
    }
    do {
      if (!seek_by_probing(random)) seek(random.below(list.count(seeding)));
    } while (at_skipped());
  }

  void advance(size_t count) {
    while (count > 0) count -= step(next_run(count));
  }

  // Has the next `count` peers copied to `out`, and returns the end of what they take there.
  uint8_t* take(size_t count, PeerCopies& copies, uint8_t* out) {
    while (count > 0) {
      const size_t run = next_run(count);
      copies.add(blocks_[block_].part(seeding_) + offset_, run, out);
      out += run * Peer::kCompact;
      count -= step(run);
    }
    return out;
  }

 private:
  [[nodiscard]] bool at_skipped() const {
    return block_ == skipped_block_ && offset_ == skipped_offset_;
  }

  // As uniform as seek() with a random number, without walking over half of all blocks: draws any
  // place in any block until there is a peer. False if none is found soon, or if there are so few
  // blocks that counting is as cheap.
  bool seek_by_probing(Random& random) {
    constexpr int kProbes = 24;
    constexpr size_t kFewBlocks = 16;
    if (block_count_ <= kFewBlocks) return false;
    for (int i = 0; i < kProbes; ++i) {
      block_ = random.below(static_cast<uint32_t>(block_count_));
      offset_ = random.below(PeerList<Peer>::kBlockLimit);
      if (offset_ < blocks_[block_].count(seeding_)) return true;
    }
    return false;
  }

  void seek(size_t offset) {
    for (block_ = 0; offset >= blocks_[block_].count(seeding_); ++block_) {
      offset -= blocks_[block_].count(seeding_);
    }
    offset_ = offset;
  }

  // Moves to where the next peer is and says how many follow each other there, at most `wanted`.
  size_t next_run(size_t wanted) {
    for (;;) {
      if (at_skipped()) ++offset_;
      if (offset_ < blocks_[block_].count(seeding_)) break;
      block_ = block_ + 1 == block_count_ ? 0 : block_ + 1;
      offset_ = 0;
    }
    size_t end = blocks_[block_].count(seeding_);
    if (block_ == skipped_block_ && skipped_offset_ > offset_) end = std::min(end, skipped_offset_);
    return std::min(wanted, end - offset_);
  }

  size_t step(size_t count) {
    offset_ += count;
    return count;
  }

  const PeerBlock<Peer>* blocks_;
  size_t block_count_;
  bool seeding_;
  size_t block_ = 0;
  size_t offset_ = 0;
  size_t skipped_block_ = SIZE_MAX;
  size_t skipped_offset_ = SIZE_MAX;
};

// Has min(n, peers of that kind other than the asker) peers copied to `out`, which must hold them.
// Returns the end of what they take there.
template <typename Peer>
uint8_t* sample_part(const PeerList<Peer>& list, bool seeding, size_t n,
                     std::optional<PeerPosition> asker, Random& random, PeerCopies& copies,
                     uint8_t* out) {
  constexpr size_t kRun = 8;
  // Keeps a reply from a swarm of a million from walking all the way round.
  constexpr size_t kMostSkipped = 4096;
  const bool asker_inside = asker && list.is_seeder(*asker) == seeding;
  const size_t others = list.count(seeding) - (asker_inside ? 1U : 0U);
  n = std::min(n, others);
  if (n == 0) return out;
  PartWalk<Peer> walk(list, seeding, asker, random);
  size_t skips = std::min(others - n, kMostSkipped);
  for (size_t runs = (n + kRun - 1) / kRun; runs > 0; --runs) {
    const size_t run = n / runs;
    out = walk.take(run, copies, out);
    n -= run;
    if (runs == 1) break;
    const size_t stride =
        std::min<size_t>(skips, random.below(static_cast<uint32_t>(2 * skips / runs + 1)));
    skips -= stride;
    walk.advance(stride);
  }
  return out;
}

}  // namespace ot
