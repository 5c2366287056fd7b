#include "state/dump_at_start.h"

#include "base/duration_text.h"

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

std::string describe(const StateDumpTally& tally, Duration took,
                     std::chrono::minutes torrent_timeout) {
  struct LeftOut {
    uint64_t count;
    std::string why;
  };
  const LeftOut reasons[] = {
      {tally.too_old, "without an announce for longer than " + format_duration(torrent_timeout)},
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

Result<void, std::string> load_dump_at_start(const StateDumpOptions& options, TorrentTable& table,
                                             const AccessControl& access, const Clock& clock,
                                             Log& log) {
  if (options.path.empty()) return {};
  const MonotonicTime start = clock.now();
  const auto tally = load_state_dump(options.path, options.bad_lines, table, access, clock);
  if (!tally) return Unexpected("state dump " + tally.error());
  warn_of_skipped(options.path, *tally, log);
  log.info(options.path + ": " + describe(*tally, clock.now() - start, options.torrent_timeout));
  return {};
}

}  // namespace ot
