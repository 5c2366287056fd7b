#include "stats/modes.h"

#include <algorithm>
#include <array>

#include "base/features.h"
#include "protocol/url_query.h"
#include "stats/fulllog.h"
#include "stats/json.h"
#include "stats/text.h"
#include "stats/traffic.h"
#include "stats/xml.h"

namespace ot {
namespace {

using stats_json::plain;

// A row is there even where its switch is not built in: what a mode shows decides who may ask for
// it, and that must not depend on the build.
constexpr auto kModes = std::to_array<StatsMode>({
    {"peer", Shows::sums, stats_text::peer, plain<figures::peer>},
    {"conn", Shows::sums, stats_text::conn, plain<figures::conn>},
    {"tcp4", Shows::sums, stats_text::tcp4, plain<figures::tcp4>},
    {"udp4", Shows::sums, stats_text::udp4, plain<figures::udp4>},
    {"scrp", Shows::sums, stats_text::scrp, plain<figures::scrp>},
    {"fscr", Shows::sums, stats_text::fscr, plain<figures::fscr>},
    {"torr", Shows::sums, stats_text::torr, plain<figures::torr>},
    {"completed", Shows::sums, stats_text::completed, plain<figures::completed>},
    {"syncs", Shows::sums, stats_text::syncs, plain<figures::syncs>},
    {"renew", Shows::sums, stats_text::renew, stats_json::renew},
    {"herr", Shows::sums, stats_text::herr, stats_json::herr},
    {"version", Shows::sums, stats_text::version, stats_json::version},
    {"everything", Shows::sums, stats_xml::everything, stats_json::everything, WalkKind::recount},
    {"top10", Shows::torrents, stats_text::top10, stats_json::top10, WalkKind::top_torrents},
    {"top100", Shows::torrents, stats_text::top100, stats_json::top100, WalkKind::top_torrents},
    {"s24s", Shows::networks, stats_text::s24s, stats_json::s24s, WalkKind::busiest_networks},
    {"busy", Shows::networks, stats_text::busy, stats_json::busy, {}, &features::kLogNetworks},
    {"woodpeckers",
     Shows::networks,
     stats_text::woodpeckers,
     stats_json::woodpeckers,
     {},
     &features::kSpotWoodpecker},
    {"numwants",
     Shows::sums,
     stats_text::numwants,
     stats_json::numwants,
     {},
     &features::kLogNumwant},
    {"fulllog",
     Shows::networks,
     stats_text::fulllog,
     stats_json::fulllog,
     {},
     &features::kFullLogNetworks,
     true},
    {.name = "tpbs",
     .shows = Shows::torrents,
     .feature = &features::kFullScrape,
     .dump = DumpFormat::ben},
    {.name = "statedump", .shows = Shows::torrents, .dump = DumpFormat::statedump},
});

constexpr size_t kLongestWord = 32;

const StatsMode* find_mode(std::string_view name) {
  const auto* found = std::find_if(kModes.begin(), kModes.end(),
                                   [name](const StatsMode& row) { return row.name == name; });
  return found == kModes.end() ? nullptr : found;
}

// The value of a parameter, percent-decoded; empty if that fails or the value is too long for any
// word of ours. Nothing if the query does not have the parameter.
std::optional<std::string> find_word(std::string_view query, std::string_view name) {
  const auto value = find_parameter(query, name);
  if (!value) return std::nullopt;
  std::array<uint8_t, kLongestWord> buffer{};
  const auto size = percent_decode(*value, buffer);
  return size ? std::string(as_text(buffer).substr(0, *size)) : std::string();
}

Unexpected<StatsRefusal> refuse(std::string reason) {
  return Unexpected(StatsRefusal{std::move(reason)});
}

bool is_built_in(const StatsMode& mode) { return mode.feature == nullptr || *mode.feature; }

std::string unknown_mode() {
  std::string reason = "unknown mode; valid modes:";
  std::string_view separator = " ";
  for (const StatsMode& row : kModes) {
    if (!is_built_in(row)) continue;
    reason += std::string(separator) + std::string(row.name);
    separator = ", ";
  }
  return reason;
}

std::optional<StatsFormat> find_format(std::string_view name) {
  if (name == "text") return StatsFormat::text;
  if (name == "json") return StatsFormat::json;
  return std::nullopt;
}

Result<StatsQuestion, StatsRefusal> parse_dump(std::string_view query, const StatsMode& mode) {
  const bool is_scrape = mode.dump != DumpFormat::statedump;
  const auto question = [&mode](std::optional<DumpFormat> form) {
    return StatsQuestion{.mode = &mode, .format = StatsFormat::text, .dump = form};
  };
  const auto name = find_word(query, "format");
  if (!name || (!is_scrape && *name == "text")) return question(mode.dump);
  const auto form = is_scrape ? find_scrape_form(*name) : std::nullopt;
  if (form) return question(form);
  return refuse(is_scrape ? "unknown format; valid formats: ben, bin, txt, txtp, url"
                          : "unknown format; valid format: text");
}

Result<StatsQuestion, StatsRefusal> parse_question(std::string_view query, const StatsMode* mode,
                                                   StatsFormat default_format) {
  if (find_parameter(query, "info_hash"))
    return refuse("info_hash: this path serves statistics; announce to /announce instead");
  if (mode == nullptr) return refuse(unknown_mode());
  if (!is_built_in(*mode)) {
    return refuse("mode " + std::string(mode->name) + " needs the build switch " +
                  std::string(mode->feature->name) + ", which is not built in");
  }
  if (mode->dump) return parse_dump(query, *mode);
  const auto said = find_word(query, "format");
  const auto format = said ? find_format(*said) : std::optional(default_format);
  if (!format) return refuse("unknown format; valid formats: text, json");
  StatsQuestion question{mode, *format};
  if (!mode->takes_recording) return question;
  const auto recording = parse_recording_query(query);
  if (!recording) return refuse(std::string(recording.error()));
  question.recording = *recording;
  return question;
}

}  // namespace

std::span<const StatsMode> stats_modes() { return kModes; }

Result<StatsQuestion, StatsRefusal> parse_stats_query(std::string_view query,
                                                      const StatsDefaults& defaults) {
  const auto name = find_word(query, "mode");
  const StatsMode* mode = find_mode(name ? std::string_view(*name) : defaults.mode);
  auto question = parse_question(query, mode, defaults.format);
  if (question) return question;
  const Shows shows = mode == nullptr ? Shows::sums : mode->shows;
  return Unexpected(StatsRefusal{question.error().reason, shows});
}

}  // namespace ot
