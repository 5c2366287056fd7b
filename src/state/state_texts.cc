#include "state/state_texts.h"

#include "base/duration_text.h"

namespace ot {

std::string describe(const StateTotals& totals) {
  return std::to_string(totals.peers) + " peers of " + std::to_string(totals.torrents) +
         " torrents";
}

std::string describe(const StateLoad& load, Duration took) {
  const auto ago = std::chrono::floor<std::chrono::seconds>(load.written_ago);
  std::string text = describe(load.stored) + " loaded in " + seconds_text(took) + ", written " +
                     std::to_string(ago.count()) + " s ago";
  const auto add = [&text](uint64_t count, std::string_view what) {
    if (count != 0) text += "; " + std::to_string(count) + std::string(what);
  };
  add(load.too_old, " peers were too old");
  add(load.not_allowed, " torrents are refused by the access list");
  add(load.no_room, " peers were refused: they found no room, or have no address or port");
  return text;
}

}  // namespace ot
