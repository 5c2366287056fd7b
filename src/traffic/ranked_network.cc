#include "traffic/ranked_network.h"

#include <array>

#include "base/bytes.h"
#include "base/ip_address.h"

namespace ot {

std::string address_text(uint32_t address) {
  std::array<uint8_t, 4> bytes{};
  ByteWriter(bytes).write(address);
  return IpAddress::v4(bytes).to_string();
}

std::string address_text(uint64_t upper_half) {
  std::array<uint8_t, 16> bytes{};
  ByteWriter(bytes).write(upper_half);
  return IpAddress::v6(bytes).to_string();
}

}  // namespace ot
