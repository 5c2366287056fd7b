// What the log says of a state file.
#pragma once

#include <string>

#include "state/state_loader.h"

namespace ot {

// "2000000 peers of 1000000 torrents"
[[nodiscard]] std::string describe(const StateTotals& totals);
// "2000000 peers of 1000000 torrents loaded in 0.72 s, written 12 s ago; 5 peers were too old"
[[nodiscard]] std::string describe(const StateLoad& load, Duration took);

}  // namespace ot
