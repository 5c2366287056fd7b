// How long something took, for the log: "0.72 s".
#pragma once

#include <string>

#include "base/clock.h"

namespace ot {

[[nodiscard]] std::string seconds_text(Duration duration);

}  // namespace ot
