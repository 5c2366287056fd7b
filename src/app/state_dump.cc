#include "app/state_dump.h"

#include "config/values.h"

namespace ot {
namespace {

void warn_of_skipped(const std::string& path, const StateDumpTally& tally, Log& log) {
  for (const BadStateLine& line : tally.first_skipped)
    log.warning(line.message(path) + "; skipped");
  if (tally.skipped > tally.first_skipped.size())
    log.warning(path + ": " + std::to_string(tally.skipped - tally.first_skipped.size()) +
                " more lines skipped");
}

}  // namespace

std::string describe(const StateDumpTally& tally, Duration took, const TrackerSettings& settings) {
  struct LeftOut {
    uint64_t count;
    std::string why;
  };
  const LeftOut reasons[] = {
      {tally.too_old,
       "without an announce for longer than " + format_duration(settings.torrent_timeout)},
      {tally.not_listed, "that the access list refuses"},
      {tally.no_memory, "beyond tracker.max_memory or what the machine has"},
      {tally.skipped, "bad lines"},
  };
  const auto milliseconds = std::chrono::floor<std::chrono::milliseconds>(took).count();
  std::string text = std::to_string(tally.torrents) + " torrents loaded in " +
                     std::to_string(milliseconds) + " ms";
  if (tally.in_future > 0)
    text += ", " + std::to_string(tally.in_future) + " of them with an announce in the future";
  std::string_view lead = "; left out: ";
  for (const LeftOut& reason : reasons) {
    if (reason.count == 0) continue;
    text += std::string(lead) + std::to_string(reason.count) + " " + reason.why;
    lead = ", ";
  }
  return text;
}

Result<void, StartError> load_state_dump(const TrackerSettings& settings, TorrentTable& table,
                                         const AccessControl& access, const Clock& clock,
                                         Log& log) {
  const std::string& path = settings.load_statedump;
  if (path.empty()) return {};
  const MonotonicTime start = clock.now();
  const BadLines bad_lines = settings.skip_bad_lines ? BadLines::skipped : BadLines::refused;
  const auto tally = load_state_dump(path, bad_lines, table, access, clock);
  if (!tally) return Unexpected(StartError::configuration("state dump " + tally.error()));
  warn_of_skipped(path, *tally, log);
  log.info(path + ": " + describe(*tally, clock.now() - start, settings));
  return {};
}

}  // namespace ot
