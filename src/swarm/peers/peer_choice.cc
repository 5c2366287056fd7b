#include "swarm/peers/peer_choice.h"

#include <algorithm>
#include <cassert>

namespace ot {
namespace {

// value * part / whole, rounded up or down at random so that the mean is exact.
size_t proportion(size_t value, size_t part, size_t whole, Random& random) {
  return (value * part + random.below(static_cast<uint32_t>(whole))) / whole;
}

struct Split {
  size_t v4;
  size_t v6;
};

// `due` is the least that each family should get, together no more than numwant; the quarter comes
// first.
Split split_families(Split have, Split due, size_t numwant, PeerRoom room, Random& random) {
  assert(due.v4 + due.v6 <= numwant);
  const size_t most4 = std::min(have.v4, room.v4);
  const size_t most6 = std::min(have.v6, room.v6);
  if (most4 + most6 <= numwant) return {most4, most6};
  if (most4 == 0 || most6 == 0) return {std::min(most4, numwant), std::min(most6, numwant)};
  const size_t quarter = numwant == 1 ? 0 : (numwant + 3) / 4;
  const size_t fair6 = proportion(numwant, have.v6, have.v4 + have.v6, random);
  const size_t least6 = std::clamp(due.v6, quarter, numwant - quarter);
  const size_t least4 = std::clamp(due.v4, quarter, numwant - quarter);
  const size_t wanted6 = std::clamp(fair6, least6, numwant - least4);
  const size_t v4 = std::min(most4, numwant - std::min(wanted6, most6));
  return {v4, std::min(most6, numwant - v4)};
}

PartCounts split_kinds(PartCounts have, size_t wanted, bool asker_seeds, Random& random) {
  if (wanted >= have.total()) return have;
  if (asker_seeds) {
    const size_t leechers = std::min(have.leechers, wanted);
    return {leechers, wanted - leechers};
  }
  const size_t seeders = proportion(wanted, have.seeders, have.total(), random);
  return {wanted - seeders, seeders};
}

}  // namespace

FamilyCounts choose_peers(FamilyCounts others, size_t numwant, PeerRoom room, bool asker_seeds,
                          Random& random) {
  Split due{0, 0};
  if (asker_seeds) {
    due = {std::min(others.v4.leechers, room.v4), std::min(others.v6.leechers, room.v6)};
    if (due.v4 + due.v6 >= numwant) {
      others.v4.seeders = 0;
      others.v6.seeders = 0;
      due = {0, 0};
    }
  }
  const Split split =
      split_families({others.v4.total(), others.v6.total()}, due, numwant, room, random);
  return {split_kinds(others.v4, split.v4, asker_seeds, random),
          split_kinds(others.v6, split.v6, asker_seeds, random)};
}

}  // namespace ot
