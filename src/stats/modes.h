// The statistics there are, one row for each mode, and what a request for one of them asks.
//
// Pure and without a clock. Who may see a mode is decided by permissions.h, from what its row says.
#pragma once

#include <cassert>
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

// What a mode shows decides who may see it (frontend/permissions.h).
enum class Shows : uint8_t { sums, torrents, networks };

struct StatsMode {
  std::string_view name;
  Shows shows = Shows::sums;
  // Both null in a mode that is a dump, neither in any other.
  StatsPrinter text = nullptr;
  StatsPrinter json = nullptr;
  // The walk whose findings the printers need.
  std::optional<WalkKind> walk = std::nullopt;
  // The build switch it needs; null: none.
  const Feature* feature = nullptr;
  // Whether the query may have the parameters of RecordingQuery.
  bool takes_recording = false;
  // Lists all torrents, in this form unless the query names another.
  std::optional<DumpFormat> dump = std::nullopt;
};

// All modes, in the order in which a refusal lists them.
[[nodiscard]] std::span<const StatsMode> stats_modes();

enum class StatsFormat : uint8_t { text, json };

// What a request asks for unless its query says otherwise.
struct StatsDefaults {
  std::string_view mode = "peer";
  StatsFormat format = StatsFormat::text;
};

struct StatsQuestion {
  const StatsMode* mode;
  StatsFormat format;
  RecordingQuery recording = {};
  // For a mode that is a dump; print() must not be called for it.
  std::optional<DumpFormat> dump = std::nullopt;

  [[nodiscard]] std::string_view content_type() const {
    return format == StatsFormat::json ? "application/json" : "text/plain";
  }
  // Requires snapshot.walk if the mode has a walk.
  [[nodiscard]] std::string print(const StatsSnapshot& snapshot) const {
    assert(!mode->dump && (!mode->walk || snapshot.walk != nullptr));
    return (format == StatsFormat::json ? mode->json : mode->text)(snapshot);
  }
};

// Why a query is refused, for people: what is wrong and what would be right. It repeats nothing of
// the query, so it may stand in HTML.
struct StatsRefusal {
  std::string reason;
  // What the mode it asks for would show, even if that mode cannot be had: permission is decided by
  // this before anybody is told the reason.
  Shows shows = Shows::sums;
};
// No refusal is longer.
inline constexpr size_t kMaxStatsRefusal = 256;

// Reads `mode=` and `format=` of the raw query; the first of each counts. Refuses unknown modes,
// modes whose switch is not built in, formats the mode does not have, and a query with an
// info_hash: that is an announce to the wrong path.
[[nodiscard]] Result<StatsQuestion, StatsRefusal> parse_stats_query(
    std::string_view query, const StatsDefaults& defaults = {});

}  // namespace ot
