// All counters as one XML document, mode=everything.
//
// Scripts read it by position, so the order of the elements and the white space are part of it.
#pragma once

#include <string>

#include "stats/snapshot.h"

namespace ot::stats_xml {

// This needs snapshot.walk: a recount.
[[nodiscard]] std::string everything(const StatsSnapshot& snapshot);

}  // namespace ot::stats_xml
