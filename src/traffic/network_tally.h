// Counts something per network, at once for networks of several sizes, and ranks them.
//
// Each size has its own HeavyHitters, whose error is that of the counts here; kBytes in all, about
// 1.2 MB. Thread: that of the loop, pages included.
#pragma once

#include <array>

#include "base/ip_address.h"
#include "base/random.h"
#include "traffic/heavy_hitters.h"

namespace ot {

class NetworkTally {
 public:
  // The sizes, /48 being what an IPv6 site has.
  static constexpr std::array<unsigned, 3> kBits4{24, 20, 16};
  static constexpr std::array<unsigned, 3> kBits6{48, 40, 32};
  // The most that are ranked of a size.
  static constexpr size_t kRanked = 64;
  static constexpr size_t kBytes = kBits4.size() * HeavyHitters<uint32_t>::kBytes +
                                   kBits6.size() * HeavyHitters<uint64_t>::kBytes;

  explicit NetworkTally(Random& random);

  void add(const IpAddress& address);

  // Calls use(bits, ranking) for each size, IPv4 first, the smallest networks first.
  template <typename Use>
  void for_each_size(Use use) const {
    for (size_t i = 0; i < kBits4.size(); ++i) use(kBits4[i], v4_[i].ranking(kRanked));
    for (size_t i = 0; i < kBits6.size(); ++i) use(kBits6[i], v6_[i].ranking(kRanked));
  }

 private:
  std::array<HeavyHitters<uint32_t>, kBits4.size()> v4_;
  std::array<HeavyHitters<uint64_t>, kBits6.size()> v6_;
};

}  // namespace ot
