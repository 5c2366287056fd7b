// Removes what has expired: a little on every tick, from the whole table in about a minute.
//
// A tick sweeps the shards that are due, and stops early when its time is up, so that announces do
// not wait long; the rest stays due. Thread: the loop's; one of its timers calls this.
#pragma once

#include "base/clock.h"
#include "swarm/torrent_table.h"

namespace ot {

struct ExpiryCounters {
  uint64_t peers = 0;
  uint64_t torrents = 0;
  uint64_t rounds = 0;  // times the whole table was swept
};

class Expiry {
 public:
  // How often step() wants to be called.
  static constexpr Duration kTick = std::chrono::milliseconds(50);
  static constexpr Duration kRound = std::chrono::seconds(60);

  Expiry(TorrentTable& table, const Clock& clock)
      : table_(table), clock_(clock), last_(clock.now()) {}

  void step();

  [[nodiscard]] const ExpiryCounters& counters() const { return counters_; }

 private:
  // Cache lines that are looked at under one lock: some tens of microseconds.
  static constexpr size_t kBudget = 256;
  static constexpr Duration kLongestStep = std::chrono::microseconds(250);

  TorrentTable& table_;
  const Clock& clock_;
  MonotonicTime last_;
  Duration due_{0};  // how far the sweep is behind; a shard stands for a 1024th of a round
  SweepCursor cursor_;
  ExpiryCounters counters_;
};

}  // namespace ot
