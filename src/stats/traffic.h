// The statistics of single requests: busiest networks, woodpeckers, numwants, and the log of raw
// requests, as text and as JSON.
//
// Pure, like stats_text and stats_json. A page that has nothing to tell, its part of the traffic
// log not being built in, is empty but in shape. No page is larger than kMaxTrafficPage.
#pragma once

#include <string>

#include "stats/snapshot.h"

namespace ot {

inline constexpr size_t kMaxTrafficPage = 47 << 10;

namespace stats_text {

[[nodiscard]] std::string busy(const StatsSnapshot& snapshot);
[[nodiscard]] std::string woodpeckers(const StatsSnapshot& snapshot);
[[nodiscard]] std::string numwants(const StatsSnapshot& snapshot);
[[nodiscard]] std::string fulllog(const StatsSnapshot& snapshot);

}  // namespace stats_text

namespace stats_json {

[[nodiscard]] std::string busy(const StatsSnapshot& snapshot);
[[nodiscard]] std::string woodpeckers(const StatsSnapshot& snapshot);
[[nodiscard]] std::string numwants(const StatsSnapshot& snapshot);
[[nodiscard]] std::string fulllog(const StatsSnapshot& snapshot);

}  // namespace stats_json
}  // namespace ot
