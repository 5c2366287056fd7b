// Keeps the table in a state file: loads it at start, has the worker write it every interval, and
// writes it a last time at the end.
//
// A failed write is logged in one line and changes neither the file nor the service. Writes do not
// overlap: one that takes longer than the interval delays the next. A damaged file is set aside as
// PATH.damaged, so that it cannot replace a good PATH.old, and the tracker starts with PATH.old or
// with no peers: see docs/decisions/0007-a-tracker-that-cannot-remember-starts.md. A file that is
// not ours, or that another process has locked (FileLock), is left alone: nothing is written, and
// each interval counts as a failed write. Thread: the loop's.
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

  // Loads the file. Call before the first reply and before begin(). If another process has the
  // file, waits for it for at most `patience`.
  void load(PermitsTorrent permits, Duration patience = std::chrono::seconds(5));
  // From now on the file is written every interval. Call once.
  void begin();
  // Writes the file a last time, when no announces come any more. Returns when it is written, when
  // that has failed, or soon after `is_interrupted` returns true. The loop need not run.
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
  // Disables writing for good.
  void turn_off(const std::string& reason);
  // If not, counts a failed write.
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
  FileLock lock_;
  std::string why_off_;  // empty while writing is enabled
  const Duration interval_;
  Timer timer_;
  bool is_due_again_ = false;
  std::shared_ptr<StateWriter> writer_;  // while a write is in progress
  JobTicket ticket_;
  StateStatus status_;
};

}  // namespace ot
