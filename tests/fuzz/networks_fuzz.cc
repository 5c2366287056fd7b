// Lines of text as networks and addresses. The index must agree with a linear search.
#include <cstdlib>
#include <string_view>

#include "access/networks.h"

namespace {

using namespace ot;

constexpr size_t kMost = 24;

std::optional<uint32_t> naive_find(std::span<const Network> all, const IpAddress& address) {
  std::optional<uint32_t> best;
  for (uint32_t i = 0; i < all.size(); ++i) {
    if (all[i].contains(address) && (!best || all[i].prefix_bits() >= all[*best].prefix_bits()))
      best = i;
  }
  return best;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  std::vector<Network> networks;
  std::vector<IpAddress> addresses{IpAddress()};
  std::string_view text = as_text({data, size});
  while (!text.empty() && addresses.size() < kMost) {
    const size_t end = std::min(text.find('\n'), text.size());
    if (const auto network = Network::parse(text.substr(0, end))) {
      networks.push_back(*network);
      addresses.push_back(network->address());
    }
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  const NetworkIndex index(networks);
  const Networks set(networks);
  for (const IpAddress& address : addresses) {
    const auto found = index.find(address);
    if (found != naive_find(networks, address) || set.contains(address) != found.has_value())
      abort();
  }
  return 0;
}
