// Keeps the table in a state file: reads it at start, has the worker write it every interval, and
// writes it once more at the end.
//
// A writing that fails costs one line in the log and leaves file and service as they are; one that
// takes longer than the interval is not joined by a second. A file that cannot be read is set aside
// as PATH.damaged, lest it take the place of a good PATH.old, and the tracker starts with PATH.old,
// or empty: see docs/decisions/0007-a-tracker-that-cannot-remember-starts.md. Thread: that of the
// loop.
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "base/log.h"
#include "net/worker.h"
#include "service/state_figures.h"
#include "service/state_loader.h"
#include "service/state_output.h"

namespace ot {

class StateKeeper {
 public:
  StateKeeper(EventLoop& loop, Worker& worker, TorrentTable& table, const Clock& clock, Log& log,
              const std::string& path, Duration interval);

  // Before the first answer.
  void load(PermitsTorrent permits);
  // From now on the file is written every interval.
  void begin();
  // At the end, when nobody announces any more; returns when it is written, well or not, or as soon
  // as `is_interrupted` says so. The loop need not run.
  void write_last(FunctionRef<bool()> is_interrupted);

  [[nodiscard]] const StateFigures& figures() const { return figures_; }

 private:
  class Writing;
  class Slice;

  // True if nothing is there, or it was loaded.
  bool load_from(const std::string& path, PermitsTorrent permits, bool& is_missing);
  void set_aside();
  void check_directory();
  void on_timer();
  void submit_slice();
  void on_slice(const JobResult& result, bool is_last);
  void record(const Writing& writing);
  void record_failure(const std::string& reason, bool is_in_place = false);
  [[nodiscard]] std::string written_text() const;

  EventLoop& loop_;
  Worker& worker_;
  TorrentTable& table_;
  const Clock& clock_;
  Log& log_;
  const StateNames names_;
  const Duration interval_;
  Timer timer_;
  bool is_due_again_ = false;
  std::shared_ptr<Writing> writing_;  // while one is under way
  JobTicket ticket_;
  StateFigures figures_;
};

}  // namespace ot
