// The table of figures: every number the tracker tells, with its names in JSON and for Prometheus.
//
// mode=everything in JSON and /metrics are two loops over the table. A new counter is a field where
// it is counted, carried by the snapshot, and a row in figures.cc. Names are stable: one may be
// added, none is renamed or taken away. Pure: numbers are read from a snapshot.
#pragma once

#include <span>
#include <string_view>

#include "stats/json_writer.h"
#include "stats/metrics_writer.h"
#include "stats/snapshot.h"

namespace ot {

// How a figure's number is told: in JSON always as a whole number.
enum class Unit : uint8_t {
  whole,        // the number itself in both
  nanoseconds,  // milliseconds, rounded down, in JSON; seconds for Prometheus
  permille,     // itself in JSON; a ratio for Prometheus
};

// A row: a number, or with `write_json` and `write_metrics` what is more than a number. Neighbours
// share an object in JSON, and a family of samples.
struct Figure {
  std::string_view object = {};  // that holds it in JSON; empty: the page itself
  std::string_view key = {};     // in JSON; empty: only for Prometheus
  Metric metric = {};            // without a name: only in JSON
  uint64_t (*read)(const StatsSnapshot&) = nullptr;
  Unit unit = Unit::whole;
  // Whether /metrics tells it; null: always. JSON always does, with a zero if need be.
  bool (*is_measured)(const StatsSnapshot&) = nullptr;
  void (*write_json)(const StatsSnapshot&, JsonWriter&) = nullptr;
  void (*write_metrics)(const StatsSnapshot&, MetricsWriter&) = nullptr;
};

// In the order of mode=everything. What JSON says of a recount needs snapshot.walk.
[[nodiscard]] std::span<const Figure> all_figures();

// The rows of each mode that is a sum of counters; the first two are the values of its text.
namespace figures {

extern const std::span<const Figure> peer;
extern const std::span<const Figure> torr;
extern const std::span<const Figure> conn;
extern const std::span<const Figure> tcp4;
extern const std::span<const Figure> udp4;
extern const std::span<const Figure> scrp;
extern const std::span<const Figure> fscr;
extern const std::span<const Figure> completed;
extern const std::span<const Figure> syncs;

}  // namespace figures
}  // namespace ot
