// The counters as metrics for Prometheus (its text format, version 0.0.4).
//
// Base units (seconds, bytes), bounded labels (family, protocol, action, code, reason, outcome),
// names that stay. What there is nothing to tell of, such as an access list in an open tracker, is
// absent. Pure: printed from a snapshot.
#pragma once

#include <string>

#include "stats/snapshot.h"

namespace ot {

inline constexpr std::string_view kMetricsContentType = "text/plain; version=0.0.4";

[[nodiscard]] std::string print_metrics(const StatsSnapshot& snapshot);

}  // namespace ot
