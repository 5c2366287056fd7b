// Brings the table's slots together in huge pages, while the tracker serves.
//
// The worker makes a slab ready, the loop moves pages of slots into it, a tenth of a millisecond
// at a time, since only the loop changes the table. A table that does not grow or shrink costs a
// look four times a second. Thread: that of the loop. Table, worker and loop outlive it.
#pragma once

#include "net/event_loop.h"
#include "net/worker.h"
#include "swarm/torrent_table.h"

namespace ot {

class SlotSettler {
 public:
  SlotSettler(EventLoop& loop, Worker& worker, TorrentTable& table, const Clock& clock);
  SlotSettler(const SlotSettler&) = delete;
  SlotSettler& operator=(const SlotSettler&) = delete;

 private:
  class SlabJob;

  static constexpr Duration kTick = std::chrono::milliseconds(5);
  static constexpr Duration kTickWhenSettled = std::chrono::milliseconds(250);
  static constexpr Duration kLongestStep = std::chrono::microseconds(100);
  // Between two looks at the clock.
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
