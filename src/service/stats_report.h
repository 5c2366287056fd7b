// The statistics as text, in the shapes that scripts have parsed for fifteen years (compat.md,
// "Statistics").
//
// Pure: a report is made from a snapshot, so that it can be printed anywhere and compared with
// golden files.
#pragma once

#include <chrono>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "service/statistics.h"
#include "swarm/torrent_table.h"

namespace ot {

struct StatsSnapshot {
  std::span<const Statistics* const> loops;  // summed up
  TableTotals table;
  uint64_t torrents_counted = 0;  // the counter beside the table; equals table.torrents
  std::chrono::seconds uptime{0};
  uint32_t tracker_id = 0;
  std::string_view version;   // "opentracker 0.1.0 (commit)"
  std::string_view features;  // the switches, a space between them
};

// Whether `mode=` shows single torrents, peers or networks, not only sums of them. True for such
// modes of the reference that are not known here, too.
[[nodiscard]] bool shows_names(std::string_view mode);

// The text for `mode=`; empty for a mode that is not known here.
[[nodiscard]] std::string stats_report(std::string_view mode, const StatsSnapshot& snapshot);

}  // namespace ot
