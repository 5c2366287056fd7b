// A network with its count, as rankings of networks list them, and the order of a ranking.
//
// Address is uint32_t for IPv4, in host order, or uint64_t for the upper half of an IPv6 address;
// the bits after the prefix are zero.
#pragma once

#include <algorithm>
#include <cstdint>
#include <string>
#include <vector>

namespace ot {

template <typename Address>
struct RankedIn {
  uint64_t count;
  Address address;
  // `count` may be too high by at most this.
  uint64_t overcount = 0;

  friend bool operator==(const RankedIn&, const RankedIn&) = default;
};

using RankedNetwork = RankedIn<uint32_t>;
using RankedNetwork6 = RankedIn<uint64_t>;

// Sorts busiest first and then by address, and keeps at most `wanted` networks.
template <typename Address>
void keep_busiest(std::vector<RankedIn<Address>>& networks, size_t wanted) {
  const size_t size = std::min(wanted, networks.size());
  std::partial_sort(networks.begin(), networks.begin() + static_cast<std::ptrdiff_t>(size),
                    networks.end(), [](const RankedIn<Address>& a, const RankedIn<Address>& b) {
                      return a.count != b.count ? a.count > b.count : a.address < b.address;
                    });
  networks.resize(size);
}

// "192.0.2.0", "2001:db8::"
[[nodiscard]] std::string address_text(uint32_t address);
[[nodiscard]] std::string address_text(uint64_t upper_half);

}  // namespace ot
