// Which statistics there are: one row a mode, and what a request for one of them asks.
//
// Pure and without a clock; who may see what is decided elsewhere, by what a row says of itself.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "base/feature.h"
#include "base/result.h"
#include "protocol/scrape_format.h"
#include "stats/recording_query.h"
#include "stats/snapshot.h"

namespace ot {

using StatsPrinter = std::string (*)(const StatsSnapshot&);

struct StatsMode {
  std::string_view name;
  // Shows single torrents, peers or networks, not only sums of them.
  bool shows_names = false;
  StatsPrinter text = nullptr;  // none: a mode of the reference that this version does not have
  StatsPrinter json = nullptr;  // none: no numbers
  // The walk whose findings the printers need.
  std::optional<WalkKind> walk = std::nullopt;
  // The switch it needs; null: none.
  const Feature* feature = nullptr;
  // Whether it takes the parameters of RecordingQuery.
  bool takes_recording = false;
  // Lists all torrents, in this form if no other is asked for; has no printers then.
  std::optional<DumpFormat> dump = std::nullopt;

  [[nodiscard]] bool is_here() const { return text != nullptr || dump; }
};

// All of them, in the order in which they are listed to people.
[[nodiscard]] std::span<const StatsMode> stats_modes();

enum class StatsFormat : uint8_t { text, json };

// What a request asks if its query does not say.
struct StatsDefaults {
  std::string_view mode = "peer";
  StatsFormat format = StatsFormat::text;
};

struct StatsQuestion {
  const StatsMode* mode;
  StatsFormat format;
  RecordingQuery recording = {};
  // The form of a mode that dumps all torrents; there is nothing to print() then.
  std::optional<DumpFormat> dump = std::nullopt;

  [[nodiscard]] std::string_view content_type() const {
    return format == StatsFormat::json ? "application/json" : "text/plain";
  }
  // `snapshot.walk` must be there if the mode wants it.
  [[nodiscard]] std::string print(const StatsSnapshot& snapshot) const {
    return (format == StatsFormat::json ? mode->json : mode->text)(snapshot);
  }
};

// Why a query asks for nothing that is here, for people: names the parameter, why, and what would
// be right. Nothing of the query is repeated, so it may stand in HTML.
struct StatsRefusal {
  std::string reason;
  // Whether the mode it asks for shows names, be it one that cannot be had: permission is decided
  // by this before anybody is told the reason.
  bool shows_names = false;
};
// No refusal is longer.
inline constexpr size_t kMaxStatsRefusal = 256;

// `mode=` and `format=` of the raw query; the first of each counts. Refused are unknown modes and
// formats, modes that need a switch that is not built in, formats a mode does not have, and a query
// with an info_hash: a tracker URL that ends in the statistics' path is a mistake to tell.
[[nodiscard]] Result<StatsQuestion, StatsRefusal> parse_stats_query(
    std::string_view query, const StatsDefaults& defaults = {});

}  // namespace ot
