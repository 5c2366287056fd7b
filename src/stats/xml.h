// All counters as one XML document, mode=everything.
//
// Scripts read it by position: the order of the elements and the white space never change.
#pragma once

#include <string>

#include "stats/snapshot.h"

namespace ot::stats_xml {

// Requires snapshot.walk, a recount.
[[nodiscard]] std::string everything(const StatsSnapshot& snapshot);

}  // namespace ot::stats_xml
