// The statistics that some builds keep of single requests: busiest networks, woodpeckers, and how
// many peers announces ask for.
//
// Pure, like all printers. A page whose part of the traffic log is not built in has its shape and
// no content.
#pragma once

#include <string>

#include "stats/snapshot.h"

namespace ot {

// No page of these or of fulllog.h is larger, in bytes.
inline constexpr size_t kMaxTrafficPage = 47 << 10;

namespace stats_text {

[[nodiscard]] std::string busy(const StatsSnapshot& snapshot);
[[nodiscard]] std::string woodpeckers(const StatsSnapshot& snapshot);
[[nodiscard]] std::string numwants(const StatsSnapshot& snapshot);

}  // namespace stats_text

namespace stats_json {

[[nodiscard]] std::string busy(const StatsSnapshot& snapshot);
[[nodiscard]] std::string woodpeckers(const StatsSnapshot& snapshot);
[[nodiscard]] std::string numwants(const StatsSnapshot& snapshot);

}  // namespace stats_json
}  // namespace ot
