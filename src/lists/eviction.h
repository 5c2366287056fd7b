// Takes out of the table what the access list refuses: a little at a time, on a timer.
//
// A refused torrent is hidden from announces and scrapes as soon as the list is in force, since the
// tracker asks the list first. The eviction gives its memory back, takes it out of whatever lists
// the whole table, and notes in the access control when the table holds no refused torrent any
// more. The list is never asked under a shard's lock: hashes are copied out, judged, and removed
// one by one. Thread: the loop's; timers and access control must belong to that loop. Table, access
// control, clock and log outlive it.
#pragma once

#include <array>
#include <span>

#include "access/access_control.h"
#include "base/clock.h"
#include "base/log.h"
#include "net/timer.h"
#include "swarm/torrent_table.h"

namespace ot {

class Eviction {
 public:
  // Between two steps of a round.
  static constexpr Duration kTick = std::chrono::milliseconds(10);

  Eviction(Timers& timers, TorrentTable& table, AccessControl& access, const Clock& clock,
           Log& log);

  // The list has changed: every torrent is judged from now on. A round that is under way continues
  // from where it is until it comes back there, so that frequent changes do not keep it at the
  // beginning.
  void begin();
  [[nodiscard]] bool is_due() const { return shards_left_ > 0; }
  // Continues for a quarter of a millisecond plus the removal of one torrent. Only while is_due().
  // Called by the timer.
  void step();

  // A single hash has changed its place on the list: removes its torrent at once if it is refused
  // now.
  void judge(const InfoHash& info_hash);

  // Torrents removed by rounds so far.
  [[nodiscard]] uint64_t removed() const { return removed_; }

 private:
  static constexpr size_t kBatch = 128;
  static constexpr Duration kLongestStep = std::chrono::microseconds(250);

  void end_round();
  // Removes those that are refused; false if time ran out before all were judged.
  [[nodiscard]] bool judge(std::span<const InfoHash> torrents, MonotonicTime end);

  TorrentTable& table_;
  AccessControl& access_;
  const Clock& clock_;
  Log& log_;
  SweepCursor cursor_;
  size_t shards_left_ = 0;
  uint64_t removed_ = 0;
  uint64_t removed_before_ = 0;  // when this round began
  std::array<InfoHash, kBatch> batch_{};
  Timer timer_;
};

}  // namespace ot
