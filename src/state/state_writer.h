// Writes the whole table into a state file, in slices: a worker that has other jobs, too, does one
// of them at a time.
//
// Memory is bounded by a slice, whatever the table holds; announces go on beside it, and what
// changes meanwhile is in the file or not. The sync is a slice of its own. Thread: any, one at a
// time.
#pragma once

#include "state/state_format.h"
#include "state/state_output.h"
#include "swarm/torrent_table.h"

namespace ot {

class StateWriter {
 public:
  StateWriter(TorrentTable& table, const Clock& clock, const StateNames& names)
      : table_(table), clock_(clock), output_(names), framer_(pending_) {}

  // The next slice. Whether there is one more; an error is the end of it, and leaves nothing
  // behind.
  [[nodiscard]] Result<bool, SystemError> step();

  // Gives up, and removes what was written.
  void abandon() { output_.abandon(); }

  // After an error: whether the file is in place all the same, and only not surely on disk.
  [[nodiscard]] bool is_in_place() const { return output_.is_in_place(); }

  // Once all slices are done.
  [[nodiscard]] const StateTotals& totals() const { return counter_.totals(); }
  [[nodiscard]] uint64_t bytes() const { return bytes_; }
  [[nodiscard]] Duration took() const { return finished_ - started_; }
  [[nodiscard]] WallTime finished_at() const { return finished_at_; }

 private:
  // A few milliseconds.
  static constexpr size_t kSlice = size_t{1} << 20U;

  enum class Stage : uint8_t { opening, walking, syncing, committing, done };

  [[nodiscard]] StateOutput::Done perform();
  [[nodiscard]] StateOutput::Done begin();
  [[nodiscard]] StateOutput::Done walk();
  void copy_step();
  void append_end();

  TorrentTable& table_;
  const Clock& clock_;
  StateOutput output_;
  Stage stage_ = Stage::opening;
  SwarmCopy swarms_;
  SweepCursor cursor_;
  std::vector<uint8_t> pending_;  // framed, not written
  StateFramer framer_;
  StateCounter counter_;
  uint64_t bytes_ = 0;
  MonotonicTime started_;
  MonotonicTime finished_;
  WallTime finished_at_;
};

}  // namespace ot
