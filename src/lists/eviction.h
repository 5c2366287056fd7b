// Takes out of the table what the access list has come to refuse: a little on every tick.
//
// A refused torrent is hidden from announces and scrapes at once, since nobody is answered about
// it; this gives its memory back, takes it out of what lists the whole table, and tells the list
// when the table holds no such torrent any more. Nothing is asked of the list under a shard's lock:
// hashes are copied out, judged, and removed one by one. Thread: that of the loop whose timer calls
// it, which is the access list's.
#pragma once

#include <array>

#include "access/access_control.h"
#include "base/clock.h"
#include "swarm/torrent_table.h"

namespace ot {

class Eviction {
 public:
  // How often step() wants to be called while it has something to do.
  static constexpr Duration kTick = std::chrono::milliseconds(10);

  Eviction(TorrentTable& table, AccessControl& access, const Clock& clock)
      : table_(table), access_(access), clock_(clock) {}

  // The list has changed: every torrent is to be judged from now on. A round that is under way goes
  // on from where it is until it has come round again, so that frequent changes do not keep it at
  // the beginning.
  void begin();
  [[nodiscard]] bool is_due() const { return shards_left_ > 0; }
  // Goes on for a quarter of a millisecond and what the removal of one torrent takes.
  void step();

  // Torrents removed so far.
  [[nodiscard]] uint64_t removed() const { return removed_; }

 private:
  static constexpr size_t kBatch = 128;
  static constexpr Duration kLongestStep = std::chrono::microseconds(250);

  // Removes those that are refused; false if the time was up before all were judged.
  bool judge(std::span<const InfoHash> torrents, MonotonicTime end);

  TorrentTable& table_;
  AccessControl& access_;
  const Clock& clock_;
  SweepCursor cursor_;
  size_t shards_left_ = 0;
  uint64_t removed_ = 0;
  std::array<InfoHash, kBatch> batch_{};
};

}  // namespace ot
