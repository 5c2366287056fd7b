#include "traffic/network_tally.h"

#include "base/bytes.h"

namespace ot {
namespace {

// Counts the networks of each size that contain the address.
template <typename Number, size_t sizes>
void add_to(std::array<HeavyHitters<Number>, sizes>& tallies,
            const std::array<unsigned, sizes>& bits, const IpAddress& address) {
  constexpr auto kAllOnes = static_cast<Number>(-1);
  constexpr unsigned kWidth = 8 * sizeof(Number);
  const auto number = ByteReader(address.bytes()).read<Number>();
  for (size_t i = 0; i < sizes; ++i) tallies[i].add(number & (kAllOnes << (kWidth - bits[i])));
}

}  // namespace

NetworkTally::NetworkTally(Random& random)
    : v4_{HeavyHitters<uint32_t>(random.next()), HeavyHitters<uint32_t>(random.next()),
          HeavyHitters<uint32_t>(random.next())},
      v6_{HeavyHitters<uint64_t>(random.next()), HeavyHitters<uint64_t>(random.next()),
          HeavyHitters<uint64_t>(random.next())} {}

void NetworkTally::add(const IpAddress& address) {
  if (address.is_v4()) {
    add_to(v4_, kBits4, address);
  } else {
    add_to(v6_, kBits6, address);
  }
}

}  // namespace ot
