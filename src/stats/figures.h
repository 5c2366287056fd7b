// The numbers behind each mode that is a sum of counters: what its text and its JSON have in
// common.
//
// A figure's name is its key in JSON and never changes; its unit is part of the name, else it is a
// count since the start.
#pragma once

#include <string_view>
#include <vector>

#include "stats/snapshot.h"

namespace ot {

struct Figure {
  std::string_view name;
  uint64_t value;
};
// The first two are the values of the mode's text.
using Figures = std::vector<Figure>;

namespace stats_figures {

[[nodiscard]] Figures peer(const StatsSnapshot& snapshot);
[[nodiscard]] Figures torr(const StatsSnapshot& snapshot);
[[nodiscard]] Figures conn(const StatsSnapshot& snapshot);
[[nodiscard]] Figures tcp4(const StatsSnapshot& snapshot);
[[nodiscard]] Figures udp4(const StatsSnapshot& snapshot);
[[nodiscard]] Figures scrp(const StatsSnapshot& snapshot);
[[nodiscard]] Figures fscr(const StatsSnapshot& snapshot);
[[nodiscard]] Figures completed(const StatsSnapshot& snapshot);
[[nodiscard]] Figures syncs(const StatsSnapshot& snapshot);

}  // namespace stats_figures
}  // namespace ot
