// The statistics as text, in the shapes that scripts have parsed for fifteen years: blocks of four
// lines for MRTG, lists, and one line for the version.
//
// Pure: printed from a snapshot. These bytes never change.
#pragma once

#include <string>

#include "stats/snapshot.h"

namespace ot::stats_text {

[[nodiscard]] std::string peer(const StatsSnapshot& snapshot);
[[nodiscard]] std::string torr(const StatsSnapshot& snapshot);
[[nodiscard]] std::string conn(const StatsSnapshot& snapshot);
[[nodiscard]] std::string tcp4(const StatsSnapshot& snapshot);
[[nodiscard]] std::string udp4(const StatsSnapshot& snapshot);
[[nodiscard]] std::string scrp(const StatsSnapshot& snapshot);
[[nodiscard]] std::string fscr(const StatsSnapshot& snapshot);
[[nodiscard]] std::string completed(const StatsSnapshot& snapshot);
[[nodiscard]] std::string syncs(const StatsSnapshot& snapshot);
[[nodiscard]] std::string renew(const StatsSnapshot& snapshot);
[[nodiscard]] std::string herr(const StatsSnapshot& snapshot);
[[nodiscard]] std::string version(const StatsSnapshot& snapshot);

// These require snapshot.walk.
[[nodiscard]] std::string top10(const StatsSnapshot& snapshot);
[[nodiscard]] std::string top100(const StatsSnapshot& snapshot);
[[nodiscard]] std::string s24s(const StatsSnapshot& snapshot);

}  // namespace ot::stats_text
