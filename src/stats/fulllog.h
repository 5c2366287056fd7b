// The page of logged raw requests, mode=fulllog: as many as fit into kMaxTrafficPage.
//
// Requests are numbered, so that a reader can ask for those that follow: snapshot.requests_from is
// the first to print, otherwise the newest are printed. Pure. Without a request log the page is
// empty but valid.
#pragma once

#include <string>

#include "stats/snapshot.h"

namespace ot {

namespace stats_text {

[[nodiscard]] std::string fulllog(const StatsSnapshot& snapshot);

}  // namespace stats_text

namespace stats_json {

[[nodiscard]] std::string fulllog(const StatsSnapshot& snapshot);

}  // namespace stats_json
}  // namespace ot
