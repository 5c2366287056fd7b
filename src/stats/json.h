// The statistics as JSON, format=json: one object a page.
//
// Names are stable: a key may be added, none is renamed or taken away. Numbers are whole and count
// from the start of the tracker unless the name says a unit; what the pages hold is documented in
// docs/operations.md.
#pragma once

#include <string>

#include "stats/figures.h"
#include "stats/json_writer.h"

namespace ot::stats_json {

// The page of a mode that is nothing but its figures.
template <Figures (*figures)(const StatsSnapshot&)>
[[nodiscard]] std::string plain(const StatsSnapshot& snapshot) {
  JsonWriter json;
  json.begin_object();
  for (const Figure& figure : figures(snapshot)) json.number(figure.name, figure.value);
  json.end_object();
  return json.finish();
}

[[nodiscard]] std::string renew(const StatsSnapshot& snapshot);
[[nodiscard]] std::string herr(const StatsSnapshot& snapshot);
[[nodiscard]] std::string version(const StatsSnapshot& snapshot);

// These need snapshot.walk.
[[nodiscard]] std::string everything(const StatsSnapshot& snapshot);
[[nodiscard]] std::string top10(const StatsSnapshot& snapshot);
[[nodiscard]] std::string top100(const StatsSnapshot& snapshot);
[[nodiscard]] std::string s24s(const StatsSnapshot& snapshot);

}  // namespace ot::stats_json
