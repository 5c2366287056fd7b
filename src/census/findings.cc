#include "census/findings.h"

namespace ot {
namespace {

// By WalkKind.
constexpr std::array<std::string_view, kWalkKinds> kWalkNames{"ranking", "networks", "recount"};

}  // namespace

std::string_view walk_name(WalkKind kind) { return kWalkNames[static_cast<size_t>(kind)]; }

}  // namespace ot
