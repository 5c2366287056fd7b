// Keeps the table in a state file: reads it at start, has the worker write it every interval, and
// writes it once more at the end.
//
// A writing that fails costs one line in the log and leaves file and service as they are; one that
// takes longer than the interval is not joined by a second. A file that is damaged is set aside as
// PATH.damaged, lest it take the place of a good PATH.old, and the tracker starts with PATH.old, or
// empty: see docs/decisions/0007-a-tracker-that-cannot-remember-starts.md. What is not ours, or
// another process's (state_lock.h), is left alone: nothing is written then, and each interval
// counts as a failure. Thread: that of the loop.
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "base/log.h"
#include "net/worker.h"
#include "state/state_loader.h"
#include "state/state_output.h"

namespace ot {

class StateWriter;
struct StateWritten;

// All zeros if no state file is configured.
struct StateStatus {
  // Since the tracker started.
  uint64_t writes = 0;
  uint64_t failed_writes = 0;
  // The last successful write.
  StateTotals written;
  uint64_t bytes = 0;
  Duration write_took{0};
  WallTime written_at;  // 1970 if there was none
  // At start.
  StateTotals loaded;
  Duration load_took{0};
};

class StateKeeper {
 public:
  StateKeeper(EventLoop& loop, Worker& worker, TorrentTable& table, const Clock& clock, Log& log,
              const std::string& path, Duration interval);

  // Before the first answer. Waits so long for another process that has the file.
  void load(PermitsTorrent permits, Duration patience = std::chrono::seconds(5));
  // From now on the file is written every interval.
  void begin();
  // At the end, when nobody announces any more; returns when it is written, well or not, or as soon
  // as `is_interrupted` says so. The loop need not run.
  void write_last(FunctionRef<bool()> is_interrupted);

  [[nodiscard]] const StateStatus& status() const { return status_; }

 private:
  class Slice;

  enum class Found : uint8_t { loaded, nothing, damaged, not_ours };

  void take_lock(Duration patience);
  void load_generations(PermitsTorrent permits);
  Found load_from(const std::string& path, PermitsTorrent permits);
  void set_aside();
  void keep_too_old(const std::string& path);
  // From now on nothing is written.
  void turn_off(const std::string& reason);
  // Counts a failure if not.
  [[nodiscard]] bool may_write();
  void check_directory();
  void on_timer();
  void submit_slice();
  void on_slice(const JobResult& result, bool is_last);
  void record(const StateWritten& written);
  void record_failure(const std::string& reason, bool is_in_place = false);
  [[nodiscard]] std::string written_text() const;

  EventLoop& loop_;
  Worker& worker_;
  TorrentTable& table_;
  const Clock& clock_;
  Log& log_;
  const StateNames names_;
  StateLock lock_;
  std::string why_off_;  // empty if it may be written
  const Duration interval_;
  Timer timer_;
  bool is_due_again_ = false;
  std::shared_ptr<StateWriter> writer_;  // while a write is in progress
  JobTicket ticket_;
  StateStatus status_;
};

}  // namespace ot
