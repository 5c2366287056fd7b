// The table of figures as metrics for Prometheus (its text format, version 0.0.4).
//
// Base units (seconds, bytes) and bounded labels (family, protocol, action, code, reason, outcome).
// A metric without a value, such as the size of the access list in an open tracker, is absent.
// Pure: printed from a snapshot.
#pragma once

#include <string>

#include "stats/snapshot.h"

namespace ot {

inline constexpr std::string_view kMetricsContentType = "text/plain; version=0.0.4";

[[nodiscard]] std::string print_metrics(const StatsSnapshot& snapshot);

}  // namespace ot
