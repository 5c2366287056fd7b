// One thread beside the loops, for work that walks the whole table or waits for a disk.
//
// It runs one Job after the other, in the order they came; each is finished on the loop that asked.
// The asker holds a JobTicket. When the ticket goes, the job is cancelled and its finish() is not
// called, so a job may point at its asker. A job that runs out of memory, or throws another
// exception of the library, is finished with that failure; worker and loop go on. The thread runs
// at nice 19, so it takes only time that the loops leave, and blocks all signals. Threads:
// create(), submit(), discard() and status() from any; tickets and finish() belong to the loop
// that asked. Loops outlive the Worker.
#pragma once

#include <pthread.h>

#include <atomic>
#include <cassert>
#include <condition_variable>
#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "base/clock.h"
#include "base/mutex.h"
#include "base/posix.h"
#include "base/result.h"
#include "net/event_loop.h"

namespace ot {

// Why a job failed: "out of memory".
struct JobFailure {
  std::string reason;
};
using JobResult = Result<void, JobFailure>;

// How much of the running job is done, readable from any thread; one writer.
using JobProgress = std::atomic<uint32_t>;

// Tells a running job whether nobody wants its result any more, and takes its progress.
class JobWatch {
 public:
  JobWatch(const std::atomic<bool>& cancelled, const std::atomic<bool>& stopping,
           JobProgress* progress = nullptr)
      : cancelled_(cancelled), stopping_(stopping), progress_(progress) {}
  // Cheap; ask between steps of a few milliseconds.
  [[nodiscard]] bool is_cancelled() const {
    return cancelled_.load(std::memory_order_relaxed) || stopping_.load(std::memory_order_relaxed);
  }
  // Says that `done` of `all` steps are done; all > 0. Cheap, too.
  void tell_progress(uint64_t done, uint64_t all) const {
    assert(all > 0);
    if (progress_ != nullptr)
      progress_->store(static_cast<uint32_t>(done * kWhole / all), std::memory_order_relaxed);
  }

  // JobProgress of a job that is done.
  static constexpr uint32_t kWhole = 1000;

 private:
  const std::atomic<bool>& cancelled_;
  const std::atomic<bool>& stopping_;
  JobProgress* const progress_;
};

class Job {
 public:
  Job() = default;
  Job(const Job&) = delete;
  Job& operator=(const Job&) = delete;
  virtual ~Job() = default;

  // The work, on the worker's thread; its results stay in the job.
  [[nodiscard]] virtual JobResult run(const JobWatch& watch) = 0;
  // Gets the result of run(), on the loop's thread. The job goes afterwards.
  virtual void finish(const JobResult& result) = 0;
  // The name under which the status shows it: a constant, one word.
  [[nodiscard]] virtual std::string_view name() const { return "other"; }
};

// Keeps a job wanted: cancels it when it goes. Can be moved. Used on the loop that asked.
class JobTicket {
 public:
  JobTicket() = default;
  explicit JobTicket(std::shared_ptr<std::atomic<bool>> cancelled)
      : cancelled_(std::move(cancelled)) {}
  JobTicket(JobTicket&&) = default;
  JobTicket& operator=(JobTicket&& other) noexcept {
    if (this != &other) {
      cancel();
      cancelled_ = std::move(other.cancelled_);
    }
    return *this;
  }
  JobTicket(const JobTicket&) = delete;
  JobTicket& operator=(const JobTicket&) = delete;
  ~JobTicket() { cancel(); }

  // From here on finish() is not called. (It cannot be running: this is its thread.)
  void cancel() {
    if (cancelled_) cancelled_->store(true, std::memory_order_relaxed);
    cancelled_.reset();
  }
  // Lets the job finish without a ticket.
  void release() { cancelled_.reset(); }

 private:
  std::shared_ptr<std::atomic<bool>> cancelled_;
};

// What the worker has done since the start, and is doing now.
struct WorkerStatus {
  uint64_t done = 0;       // jobs that succeeded
  uint64_t failed = 0;     // jobs that failed
  uint64_t cancelled = 0;  // jobs that were cancelled before they ran
  size_t waiting = 0;
  Duration busy{0};  // spent on jobs that have ended
  // The job being run: since when, its name, and how much is done, of JobWatch::kWhole.
  std::optional<MonotonicTime> running_since;
  std::string_view running;
  uint32_t progress = 0;
};

class Worker {
 public:
  [[nodiscard]] static Result<std::unique_ptr<Worker>, SystemError> create(const Clock& clock);
  Worker(const Worker&) = delete;
  Worker& operator=(const Worker&) = delete;
  // Cancels the running job, waits for it, and drops all jobs that are not finished yet.
  ~Worker();

  // Runs the job when its turn comes, then finishes it on `loop`. The job is not null.
  [[nodiscard]] JobTicket submit(EventLoop& loop, std::unique_ptr<Job> job);
  // Releases `object` on the worker's thread: freeing much memory takes long.
  void discard(std::shared_ptr<const void> object);

  [[nodiscard]] WorkerStatus status() const;

 private:
  struct Assignment;

  explicit Worker(const Clock& clock) : clock_(clock) {}

  static void* thread_main(void* worker);
  void serve();
  void enqueue(std::shared_ptr<Assignment> assignment);
  [[nodiscard]] std::shared_ptr<Assignment> take_next();
  void perform(const std::shared_ptr<Assignment>& assignment);
  void deliver(const std::shared_ptr<Assignment>& assignment);

  const Clock& clock_;
  pthread_t thread_{};
  bool started_ = false;
  std::atomic<bool> stopping_ = false;
  mutable Mutex mutex_;
  std::condition_variable_any wake_;
  std::deque<std::shared_ptr<Assignment>> queue_ OT_GUARDED_BY(mutex_);
  WorkerStatus status_ OT_GUARDED_BY(mutex_);
  JobProgress progress_{0};
};

}  // namespace ot
