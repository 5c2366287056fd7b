// Any text as an address, an endpoint and a network. Accepted text must survive a round trip, and
// IPv4 must agree with libc.
#include <arpa/inet.h>

#include <cstdlib>
#include <string>

#include "base/ip_address.h"

namespace {

void require(bool holds) {
  if (!holds) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* bytes, size_t size) {
  const std::string text(reinterpret_cast<const char*>(bytes), size);
  if (const auto address = ot::IpAddress::parse(text)) {
    require(ot::IpAddress::parse(address->to_string()) == address);
  }
  in_addr libc{};
  const bool is_v4 =
      text.find('\0') == std::string::npos && inet_pton(AF_INET, text.c_str(), &libc) == 1;
  require(is_v4 == (ot::IpAddress::parse(text) && text.find(':') == std::string::npos));
  if (const auto endpoint = ot::Endpoint::parse(text, 6969)) {
    require(ot::Endpoint::parse(endpoint->to_string(), 1) == endpoint);
  }
  if (const auto network = ot::Network::parse(text)) {
    require(network->contains(network->address()));
    const auto again = ot::Network::parse(network->to_string());
    require(again && again->address() == network->address() &&
            again->prefix_bits() == network->prefix_bits());
  }
  return 0;
}
