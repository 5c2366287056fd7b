// Values that are valid but probably not meant: they shut clients out or let strangers in.
//
// Two tables of pure functions, one over single values and one over the whole configuration.
// Thread: any.
#pragma once

#include <span>
#include <vector>

#include "config/configuration.h"

namespace ot {

// `settings` and `entries` are of one configuration without errors.
[[nodiscard]] std::vector<ConfigWarning> warnings_about(const Settings& settings,
                                                        std::span<const ConfigEntry> entries);

}  // namespace ot
