// How many peers of each kind and family a reply carries. Pure arithmetic; peer_sample picks them.
//
// A leecher gets leechers and seeders in the proportion of the swarm. If both families are wanted
// and present, each gets its proportion but at least a quarter. A seeder has no use for seeders and
// gets them only when leechers run out, or to fill that quarter.
#pragma once

#include <cstddef>
#include <cstdint>

#include "base/random.h"

namespace ot {

// Counts of one family, the asker not included.
struct PartCounts {
  size_t leechers = 0;
  size_t seeders = 0;

  [[nodiscard]] size_t total() const { return leechers + seeders; }
  friend constexpr bool operator==(const PartCounts&, const PartCounts&) = default;
};

struct FamilyCounts {
  PartCounts v4;
  PartCounts v6;

  friend constexpr bool operator==(const FamilyCounts&, const FamilyCounts&) = default;
};

// How many peers of each family the reply can hold.
struct PeerRoom {
  size_t v4 = 0;
  size_t v6 = 0;
};

// Never more than `others` and `room` have, nor more than numwant in all; exactly numwant if they
// allow it.
[[nodiscard]] FamilyCounts choose_peers(FamilyCounts others, size_t numwant, PeerRoom room,
                                        bool asker_seeds, Random& random);

}  // namespace ot
