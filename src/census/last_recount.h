// The findings of the last recount of the table, for pages that must not wait for one.
//
// A walk begins when somebody asks and the last one is not fresh, so a tracker nobody watches walks
// for nobody, and one that is scraped twice a minute shows what is at most a minute old. Who asks
// first, or after a long while, finds nothing yet. Thread: that of the loop.
#pragma once

#include <optional>

#include "census/walks.h"
#include "net/event_loop.h"

namespace ot {

class LastRecount {
 public:
  // Younger findings are not replaced.
  static constexpr Duration kFresh = std::chrono::seconds(30);
  // Older ones are no longer shown.
  static constexpr Duration kStale = std::chrono::minutes(5);

  // Both outlive this.
  LastRecount(const EventLoop& loop, StatsWalks& walks) : loop_(loop), walks_(walks) {}
  LastRecount(const LastRecount&) = delete;
  LastRecount& operator=(const LastRecount&) = delete;

  // What there is now; nothing if it is too old. Valid until the loop's next pass.
  [[nodiscard]] std::optional<Recount> get();

 private:
  void keep(const WalkFindings* findings);

  const EventLoop& loop_;
  StatsWalks& walks_;
  StatsWalks::Ticket walk_;  // while one waits or runs
  WalkFindings findings_;
  std::optional<MonotonicTime> taken_;
};

}  // namespace ot
