#include "service/walk_findings.h"

#include "base/bytes.h"

namespace ot {

std::string to_hex(const InfoHash& info_hash) {
  std::array<char, 2 * InfoHash::kSize> digits{};
  format_hex(info_hash.bytes, digits);
  return {digits.data(), digits.size()};
}

std::string address_text(uint32_t address) {
  std::string out;
  for (const unsigned shift : {24U, 16U, 8U, 0U}) {
    out += std::to_string((address >> shift) & UINT8_MAX);
    if (shift != 0) out += '.';
  }
  return out;
}

}  // namespace ot
