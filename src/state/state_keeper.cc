#include "state/state_keeper.h"

#include <sys/stat.h>
#include <unistd.h>

#include <cassert>
#include <thread>
#include <utility>

#include "base/duration_text.h"
#include "state/state_writer.h"

namespace ot {

// One slice of a write. Shares the writer, because the keeper may be gone while the worker is still
// writing.
class StateKeeper::Slice final : public Job {
 public:
  Slice(StateKeeper& keeper, std::shared_ptr<StateWriter> writer)
      : keeper_(keeper), writer_(std::move(writer)) {}

  JobResult run(const JobWatch&) override {
    const auto stepped = writer_->step();
    if (!stepped) return Unexpected(JobFailure{stepped.error().message()});
    is_last_ = !*stepped;
    return {};
  }
  void finish(const JobResult& result) override { keeper_.on_slice(result, is_last_); }

 private:
  StateKeeper& keeper_;  // only for finish(); may be gone while run() is running
  const std::shared_ptr<StateWriter> writer_;
  bool is_last_ = false;
};

StateKeeper::StateKeeper(EventLoop& loop, Worker& worker, TorrentTable& table, const Clock& clock,
                         Log& log, const std::string& path, Duration interval)
    : loop_(loop),
      worker_(worker),
      table_(table),
      clock_(clock),
      log_(log),
      names_(path),
      interval_(interval),
      timer_(loop.timers(), [this] { on_timer(); }) {}

void StateKeeper::load(PermitsTorrent permits, Duration patience) {
  assert(!timer_.armed());
  take_lock(patience);
  if (lock_.is_taken() && ::unlink(names_.fresh.c_str()) == 0)
    log_.info(names_.fresh + " removed: it was left unfinished");
  const MonotonicTime start = clock_.now();
  load_generations(permits);
  status_.load_took = clock_.now() - start;
  check_directory();
}

// If a predecessor is still writing, that is its final state and the one to load, so wait for it.
void StateKeeper::take_lock(Duration patience) {
  constexpr auto kStep = std::chrono::milliseconds(20);
  auto taken = lock_.take(names_.lock);
  if (taken || !FileLock::is_busy(taken.error())) return;
  log_.info("state file " + names_.current + " is in use by another process; waiting for it");
  for (auto steps = patience / kStep; steps > 0 && !taken; --steps) {
    std::this_thread::sleep_for(kStep);
    taken = lock_.take(names_.lock);
  }
  if (!taken) turn_off("another process holds " + names_.lock);
}

void StateKeeper::load_generations(PermitsTorrent permits) {
  const Found current = load_from(names_.current, permits);
  if (current == Found::loaded) return;
  if (current == Found::damaged) set_aside();
  const Found old = load_from(names_.old, permits);
  if (old == Found::loaded) return;
  if (current == Found::nothing && old == Found::nothing) {
    log_.info("state file " + names_.current + " does not exist yet; starting without peers");
  } else {
    log_.error("no usable state file; starting without peers");
  }
}

StateKeeper::Found StateKeeper::load_from(const std::string& path, PermitsTorrent permits) {
  const MonotonicTime start = clock_.now();
  const auto loaded = load_state(path, table_, clock_, permits);
  if (!loaded) {
    const StateLoadFault& fault = loaded.error();
    if (fault.is_missing) return Found::nothing;
    log_.error("state file " + fault.message);
    if (fault.is_damage) return Found::damaged;
    turn_off(path + " is left as it is");
    return Found::not_ours;
  }
  status_.loaded = loaded->stored;
  const std::string text =
      "state file " + path + ": " + state_load_text(*loaded, clock_.now() - start);
  if (!loaded->is_all_too_old()) {
    log_.info(text);
  } else {
    log_.warning(text + "; everything in it was too old; is the clock right?");
    keep_too_old(path);
  }
  return Found::loaded;
}

void StateKeeper::set_aside() {
  if (!lock_.is_taken()) return turn_off(names_.current + " is damaged and cannot be set aside");
  if (::rename(names_.current.c_str(), names_.damaged.c_str()) == 0)
    return log_.info("kept as " + names_.damaged);
  turn_off(last_error("rename " + names_.current + " to " + names_.damaged).take().message());
}

// If the clock is wrong, this file is all there is, and the next two writes would destroy it. An
// earlier copy is not replaced.
void StateKeeper::keep_too_old(const std::string& path) {
  struct stat status = {};
  if (!lock_.is_taken() || ::lstat(names_.too_old.c_str(), &status) == 0) return;
  if (::rename(path.c_str(), names_.too_old.c_str()) == 0) {
    log_.info("kept as " + names_.too_old);
  } else {
    log_.error(last_error("rename " + path + " to " + names_.too_old).take().message());
  }
}

void StateKeeper::turn_off(const std::string& reason) {
  why_off_ = reason;
  log_.error("the state file will not be written: " + reason);
}

// The lock may have failed at start because its directory was missing or not writable; try again.
bool StateKeeper::may_write() {
  if (!why_off_.empty()) {
    record_failure(why_off_);
  } else if (!lock_.is_taken()) {
    if (const auto taken = lock_.take(names_.lock); !taken) record_failure(taken.error().message());
  }
  return why_off_.empty() && lock_.is_taken();
}

// Reports problems at start rather than after the first interval.
void StateKeeper::check_directory() {
  const std::string directory = directory_of(names_.current);
  if (::access(directory.c_str(), W_OK | X_OK) != 0) {
    log_.error("the state file cannot be written: " + last_error(directory).take().message());
  } else if (const auto opened = open_directory_of(names_.current); !opened) {
    log_.error("the state file cannot be written: " + opened.error().message());
  } else if (why_off_.empty() && !lock_.is_taken()) {
    if (const auto locked = lock_.take(names_.lock); !locked)
      log_.error("the state file cannot be written: " + locked.error().message());
  }
}

void StateKeeper::begin() {
  assert(interval_ > Duration(0) && !timer_.armed());
  timer_.arm_after(interval_);
}

void StateKeeper::on_timer() {
  timer_.arm_after(interval_);
  is_due_again_ = writer_ != nullptr;
  if (writer_ || !may_write()) return;
  writer_ = std::make_shared<StateWriter>(table_, clock_, names_);
  submit_slice();
}

void StateKeeper::submit_slice() {
  ticket_ = worker_.submit(loop_, std::make_unique<Slice>(*this, writer_));
}

void StateKeeper::on_slice(const JobResult& result, bool is_last) {
  assert(writer_);
  if (result && !is_last) return submit_slice();
  if (result) {
    record(writer_->written());
    log_.debug(written_text());
  } else {
    record_failure(result.error().reason, writer_->is_in_place());
  }
  // Closing a large unfinished file takes long, so the worker does it.
  worker_.discard(std::exchange(writer_, nullptr));
  if (is_due_again_) on_timer();
}

void StateKeeper::record(const StateWritten& written) {
  ++status_.writes;
  status_.written = written.totals;
  status_.bytes = written.bytes;
  status_.write_took = written.took;
  status_.written_at = written.finished_at;
}

// A file in place that a power loss may undo counts as a failure too.
void StateKeeper::record_failure(const std::string& reason, bool is_in_place) {
  ++status_.failed_writes;
  const std::string file = "state file " + names_.current;
  log_.error(is_in_place ? file + " written, but a power loss may undo it: " + reason
                         : file + " not written: " + reason + "; the previous one is unchanged");
}

std::string StateKeeper::written_text() const {
  return "state file " + names_.current + ": " + totals_text(status_.written) + " written in " +
         seconds_text(status_.write_took) + ", " + std::to_string(status_.bytes) + " bytes";
}

void StateKeeper::write_last(FunctionRef<bool()> is_interrupted) {
  timer_.disarm();
  ticket_.cancel();
  if (writer_) std::exchange(writer_, nullptr)->abandon();
  if (!may_write()) return;
  StateWriter last(table_, clock_, names_);
  while (!is_interrupted()) {
    const auto stepped = last.step();
    if (!stepped) return record_failure(stepped.error().message(), last.is_in_place());
    if (*stepped) continue;
    record(last.written());
    return log_.info(written_text());
  }
  record_failure("interrupted");
}

}  // namespace ot
