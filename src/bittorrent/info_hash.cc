#include "bittorrent/info_hash.h"

#include "base/bytes.h"

namespace ot {

std::string to_hex(const InfoHash& info_hash) {
  std::array<char, 2 * InfoHash::kSize> digits{};
  format_hex(info_hash.bytes, digits);
  return {digits.data(), digits.size()};
}

}  // namespace ot
