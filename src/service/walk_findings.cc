#include "service/walk_findings.h"

#include "base/bytes.h"

namespace ot {
namespace {

// By WalkKind.
constexpr std::array<std::string_view, kWalkKinds> kWalkNames{"ranking", "networks", "recount"};

}  // namespace

std::string_view walk_name(WalkKind kind) { return kWalkNames[static_cast<size_t>(kind)]; }

std::string to_hex(const InfoHash& info_hash) {
  std::array<char, 2 * InfoHash::kSize> digits{};
  format_hex(info_hash.bytes, digits);
  return {digits.data(), digits.size()};
}

}  // namespace ot
