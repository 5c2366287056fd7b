// Full scrapes and state dumps: who waits for one, which one is being made, and how fast.
//
// A run makes one body for everyone who asked for that kind before its first piece was made:
//
//   waiting ----> being made, one at a time ----> draining ----> done
//      |                    |                        |
//      | left               | failed; too slow       | too many, or too much memory:
//      v                    v while others wait      v the run that is stuck longest
//     gone           readers reset            readers reset
//
// Waiting: the next run makes what the client that has waited longest asked for. Being made: the
// worker makes a piece a job, so that reloads and walks get their turn in between; the next piece
// is made when the fastest reader has taken most of the last one, so the worker never waits and
// memory is bounded by the distance between the fastest and the slowest reader. A run ends early if
// its fastest reader is too slow while others wait. Draining: the body is complete, and slow
// readers delay nobody.
//
// Readers that cannot get all of it are reset, without being told why, since a cut body must not
// look complete. Thread: the loop's. Loop, worker, table, clock and statistics outlive it.
#pragma once

#include <chrono>
#include <deque>
#include <memory>
#include <optional>

#include "dump/body.h"
#include "dump/readers.h"
#include "net/worker.h"

namespace ot {

struct DumpLimits {
  // Requests that can wait for a run, of all kinds together.
  size_t max_waiting = 64;
  // The next piece is made when the fastest reader has fewer bytes than this to take.
  size_t low_water = 1 << 20;
  // Bytes a reader may be behind the fastest.
  size_t max_lag = 4 << 20;
  // Bytes that draining runs may hold, and their number.
  size_t max_held = 16 << 20;
  size_t max_draining = 64;
  // What the fastest reader must take in that time while others wait: 64 KiB/s.
  Duration pace_window = std::chrono::seconds(30);
  uint64_t least_taken = 30 * (uint64_t{64} << 10U);
};

class FullScrapes {
 public:
  // When a client that was refused may try again.
  static constexpr std::chrono::seconds kRetryAfter{10};

  FullScrapes(EventLoop& loop, Worker& worker, TorrentTable& table, const Clock& clock,
              Statistics& statistics, const DumpLimits& limits = {});
  FullScrapes(const FullScrapes&) = delete;
  FullScrapes& operator=(const FullScrapes&) = delete;
  ~FullScrapes();

  // The reply to a request for a dump; the requester waits for its run from begin() on. Null, and
  // counted as refused, if too many wait.
  [[nodiscard]] std::unique_ptr<LateReply> promise(const Requester& requester, DumpKind kind);

  [[nodiscard]] DumpStatus status() const;

 private:
  class PieceJob;
  class Promise;
  struct Run;
  struct Waiting {
    Requester requester;
    DumpKind kind;
  };

  [[nodiscard]] bool has_room();
  void forget_leavers();
  void start_next();
  void make_piece();
  void on_piece(const JobResult& result);
  void go_on();
  [[nodiscard]] bool is_too_slow();
  void drain();
  void look();
  void arm();

  EventLoop& loop_;
  Worker& worker_;
  TorrentTable& table_;
  const Clock& clock_;
  Statistics& statistics_;
  const DumpLimits limits_;
  DumpCounters counters_;
  std::deque<Waiting> waiting_;
  std::unique_ptr<Run> run_;                   // the one being made
  std::deque<std::unique_ptr<Run>> draining_;  // complete, but not taken by all
  Duration pause_;                             // until the timer looks again
  uint64_t seen_ = 0;                          // bytes taken in all when it last looked
  MonotonicTime next_scan_{};
  MonotonicTime due_{};  // of the timer, while it is armed
  Timer timer_;
};

}  // namespace ot
