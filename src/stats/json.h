// The statistics as JSON, format=json: one object a page.
//
// Names are stable: a key may be added, none is renamed or taken away. Numbers are whole and count
// from the start of the tracker unless the name says a unit; what the pages hold is documented in
// docs/operations.md.
#pragma once

#include <string>

#include "stats/figures.h"

namespace ot::stats_json {

// The page of a mode that is nothing but its figures.
[[nodiscard]] std::string page_of(std::span<const Figure> figures, const StatsSnapshot& snapshot);
template <const std::span<const Figure>& figures>
[[nodiscard]] std::string plain(const StatsSnapshot& snapshot) {
  return page_of(figures, snapshot);
}

[[nodiscard]] std::string renew(const StatsSnapshot& snapshot);
[[nodiscard]] std::string herr(const StatsSnapshot& snapshot);
[[nodiscard]] std::string version(const StatsSnapshot& snapshot);

// These require snapshot.walk.
[[nodiscard]] std::string everything(const StatsSnapshot& snapshot);
[[nodiscard]] std::string top10(const StatsSnapshot& snapshot);
[[nodiscard]] std::string top100(const StatsSnapshot& snapshot);
[[nodiscard]] std::string s24s(const StatsSnapshot& snapshot);

}  // namespace ot::stats_json
