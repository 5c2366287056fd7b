// Full scrapes and state dumps: who waits for one, which is being made, and how fast.
//
// A run makes one body on the worker, a piece a job, so that reloads and walks have their turn in
// between, and sends each piece to all who asked for that kind before the first one was there. The
// next piece is made when the fastest of them has taken most of the last: the worker never waits,
// and memory is bounded by what lies between the fastest reader and the slowest one that is not
// reset. One run is made at a time; others wait, and the next kind is that of whoever has waited
// longest. A run whose fastest reader is slower than the least pace ends when others wait. What its
// slower readers still have to take when a body is whole delays nobody. Why a piece could not be
// made is not told: its readers are reset, since a cut body must not look whole.
// Thread: that of the loop. Loop, worker, table, clock and statistics outlive it.
#pragma once

#include <chrono>
#include <deque>
#include <memory>
#include <optional>

#include "dump/readers.h"
#include "net/worker.h"

namespace ot {

struct DumpLimits {
  // Requests that wait for a run, all kinds together.
  size_t max_waiting = 64;
  // Bytes that the fastest reader has yet to take below which the next piece is made.
  size_t low_water = 1 << 20;
  // Bytes that a reader may be behind the fastest.
  size_t max_lag = 4 << 20;
  // Of runs whose body is whole and that still have readers: bytes they hold, and their number.
  // Beyond, the readers of that one are reset that has been without progress longest.
  size_t max_held = 16 << 20;
  size_t max_draining = 64;
  // What the fastest reader must take in that time while others wait: 64 KiB/s.
  Duration pace_window = std::chrono::seconds(30);
  uint64_t least_taken = 30 * (uint64_t{64} << 10U);
};

class FullScrapes {
 public:
  // For whoever is told that there is no room.
  static constexpr std::chrono::seconds kRetryAfter{10};

  FullScrapes(EventLoop& loop, Worker& worker, TorrentTable& table, const Clock& clock,
              Statistics& statistics, const DumpLimits& limits = {});
  FullScrapes(const FullScrapes&) = delete;
  FullScrapes& operator=(const FullScrapes&) = delete;
  ~FullScrapes();

  // Whether one more may wait. If not, it counts as refused.
  [[nodiscard]] bool has_room();
  // Owes the reader its dump. Only after has_room().
  void reply(const DumpReader& reader);

  [[nodiscard]] DumpStatus status() const;

 private:
  class PieceJob;
  struct Run;

  void reset_who_hung_up();
  void start_next();
  void ask_for_piece();
  void note_starving();
  void forgive_starving();
  void on_piece(const JobResult& result);
  void take_waiting();
  void go_on();
  void drain();
  void limit_draining();
  [[nodiscard]] bool is_too_slow();
  void forget_leavers();
  void arm();
  void look();

  EventLoop& loop_;
  Worker& worker_;
  TorrentTable& table_;
  const Clock& clock_;
  Statistics& statistics_;
  const DumpLimits limits_;
  DumpCounters counters_;
  std::deque<DumpReader> waiting_;
  std::unique_ptr<Run> run_;                   // being made
  std::deque<std::unique_ptr<Run>> draining_;  // made, not yet taken by all
  Duration pause_;
  uint64_t seen_ = 0;  // sum of what was taken when it was last looked at
  MonotonicTime next_scan_{};
  MonotonicTime due_{};  // of the timer, while it is armed
  Timer timer_;
};

}  // namespace ot
