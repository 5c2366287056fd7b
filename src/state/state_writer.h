// Writes the whole table into a state file in slices, so that a worker can do other jobs between
// two of them.
//
// A slice takes a few milliseconds and bounds the memory, whatever the size of the table; the sync
// is a slice of its own. Announces continue meanwhile; a change made during the write may or may
// not be in the file. Thread-safe: one thread may abandon the write while another is in step().
#pragma once

#include "base/mutex.h"
#include "state/state_format.h"
#include "state/state_output.h"
#include "swarm/torrent_table.h"

namespace ot {

// A completed write.
struct StateWritten {
  StateTotals totals;
  uint64_t bytes = 0;
  Duration took{0};
  WallTime finished_at;
};

class StateWriter {
 public:
  StateWriter(TorrentTable& table, const Clock& clock, const StateNames& names)
      : table_(table), clock_(clock), output_(names), framer_(pending_) {}

  // Writes the next slice. Returns true if there are more, false after the last one or if the write
  // was abandoned. An error ends the write and removes what was written. Must not be called again
  // after the last slice.
  [[nodiscard]] Result<bool, SystemError> step();

  // Ends the write and removes what was written, unless it is complete. Waits for a slice that is
  // being written.
  void abandon();

  // After an error: true if the file is in place all the same, but possibly not on disk yet.
  [[nodiscard]] bool is_in_place() const;

  // Only after the last slice.
  [[nodiscard]] StateWritten written() const;

 private:
  // A few milliseconds.
  static constexpr size_t kSlice = size_t{1} << 20U;

  enum class Stage : uint8_t { opening, walking, syncing, committing, done, abandoned };

  [[nodiscard]] StateOutput::Done perform() OT_REQUIRES(mutex_);
  [[nodiscard]] StateOutput::Done begin() OT_REQUIRES(mutex_);
  [[nodiscard]] StateOutput::Done walk() OT_REQUIRES(mutex_);
  void copy_step() OT_REQUIRES(mutex_);
  void append_end() OT_REQUIRES(mutex_);
  void give_up() OT_REQUIRES(mutex_);

  TorrentTable& table_;
  const Clock& clock_;
  mutable Mutex mutex_;
  StateOutput output_ OT_GUARDED_BY(mutex_);
  Stage stage_ OT_GUARDED_BY(mutex_) = Stage::opening;
  SwarmCopy swarms_ OT_GUARDED_BY(mutex_);
  SweepCursor cursor_ OT_GUARDED_BY(mutex_);
  std::vector<uint8_t> pending_ OT_GUARDED_BY(mutex_);  // framed, not written yet
  StateFramer framer_ OT_GUARDED_BY(mutex_);
  StateCounter counter_ OT_GUARDED_BY(mutex_);
  MonotonicTime started_ OT_GUARDED_BY(mutex_);
  StateWritten written_ OT_GUARDED_BY(mutex_);
};

}  // namespace ot
