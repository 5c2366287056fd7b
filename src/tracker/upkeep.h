// The upkeep of the table's memory: brings its slots together in huge pages while the tracker
// serves.
//
// The worker prepares a slab, and the loop moves pages of slots into it, a tenth of a millisecond
// at a time. Moving changes the table, so it is done on the loop's thread. A table that neither
// grows nor shrinks is looked at four times a second. Table, worker and loop outlive the upkeep.
#pragma once

#include "net/event_loop.h"
#include "net/worker.h"
#include "swarm/torrent_table.h"

namespace ot {

class Upkeep {
 public:
  Upkeep(EventLoop& loop, Worker& worker, TorrentTable& table, const Clock& clock);
  Upkeep(const Upkeep&) = delete;
  Upkeep& operator=(const Upkeep&) = delete;

 private:
  class SlabJob;

  static constexpr Duration kTick = std::chrono::milliseconds(5);
  static constexpr Duration kTickWhenSettled = std::chrono::milliseconds(250);
  static constexpr Duration kLongestStep = std::chrono::microseconds(100);
  // Moved between two looks at the clock.
  static constexpr size_t kPages = 8;

  void step();
  [[nodiscard]] bool move_pages();
  void add(Slab::Memory slab);

  TorrentTable& table_;
  EventLoop& loop_;
  Worker& worker_;
  const Clock& clock_;
  std::optional<JobTicket> job_;  // while a slab is being made
  Timer timer_;
};

}  // namespace ot
