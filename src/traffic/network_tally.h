// Counts events per network, for several network sizes at once, and ranks the networks.
//
// Each size has its own HeavyHitters, and its counts are as exact as those. kBytes in all, about
// 1.2 MB. Thread: the loop's, which also prints the pages.
#pragma once

#include <array>

#include "base/ip_address.h"
#include "base/random.h"
#include "traffic/heavy_hitters.h"

namespace ot {

class NetworkTally {
 public:
  // The prefix lengths. An IPv6 site has a /48.
  static constexpr std::array<unsigned, 3> kBits4{24, 20, 16};
  static constexpr std::array<unsigned, 3> kBits6{48, 40, 32};
  // How many networks of each size are ranked.
  static constexpr size_t kRanked = 64;
  static constexpr size_t kBytes = kBits4.size() * HeavyHitters<uint32_t>::kBytes +
                                   kBits6.size() * HeavyHitters<uint64_t>::kBytes;

  explicit NetworkTally(Random& random);

  void add(const IpAddress& address);

  // Calls use(bits, ranking) for each size: IPv4 first, and in each family small networks first.
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
