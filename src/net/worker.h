// The one thread beside the loops, for what walks the whole table or waits for a disk.
//
// A Job is run there and finished on the loop that asked, jobs in the order they came. The asker
// holds a JobTicket; when that goes, the job is cancelled: its finish() is not called, so a job may
// point at its asker. A job that fails, for want of memory or by another exception of the library,
// is finished with that failure; neither worker nor loop stops for it. The thread runs at nice 19,
// so that it takes what the loops leave, and handles no signals. Threads: create(), submit(),
// discard() and statistics() from any; tickets and finish() belong to the loop that asked. Loops
// must outlive the Worker.
#pragma once

#include <pthread.h>

#include <atomic>
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

// Why a job came to nothing: "out of memory".
struct JobFailure {
  std::string reason;
};
using JobResult = Result<void, JobFailure>;

// How far a running job has come, for whoever looks; one writer.
using JobProgress = std::atomic<uint32_t>;

// Asks whether a running job should give up, its result being of no use to anybody, and is told
// how far it is.
class JobWatch {
 public:
  JobWatch(const std::atomic<bool>& cancelled, const std::atomic<bool>& stopping,
           JobProgress* progress = nullptr)
      : cancelled_(cancelled), stopping_(stopping), progress_(progress) {}
  // Cheap; ask between steps of a few milliseconds.
  [[nodiscard]] bool is_cancelled() const {
    return cancelled_.load(std::memory_order_relaxed) || stopping_.load(std::memory_order_relaxed);
  }
  // `done` of `all` steps are behind it; all > 0. As cheap.
  void tell_progress(uint64_t done, uint64_t all) const {
    if (progress_ != nullptr)
      progress_->store(static_cast<uint32_t>(done * kWhole / all), std::memory_order_relaxed);
  }

  // The unit of JobProgress: parts of a whole job.
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
  // What run() answered, on the loop's thread; the job goes afterwards.
  virtual void finish(const JobResult& result) = 0;
  // What people are told is running: a constant, one word.
  [[nodiscard]] virtual std::string_view name() const { return "other"; }
};

// Whoever holds it wants the job finished. Cancels when it goes; moving it is fine. Used on the
// loop that asked.
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

  // finish() will not be called; it is not running either, since this is its thread.
  void cancel() {
    if (cancelled_) cancelled_->store(true, std::memory_order_relaxed);
    cancelled_.reset();
  }
  // Lets the job be finished without a holder.
  void release() { cancelled_.reset(); }

 private:
  std::shared_ptr<std::atomic<bool>> cancelled_;
};

// For whoever watches over the worker.
struct WorkerStatistics {
  uint64_t done = 0;       // run to a good end
  uint64_t failed = 0;     // run to a bad one
  uint64_t cancelled = 0;  // not run at all
  size_t waiting = 0;
  Duration busy{0};  // spent on the jobs that have ended
  // Of the job being run.
  std::optional<MonotonicTime> running_since;
  std::string_view running;  // its name
  uint32_t progress = 0;     // of JobWatch::kWhole, as far as it tells
};

class Worker {
 public:
  [[nodiscard]] static Result<std::unique_ptr<Worker>, SystemError> create(const Clock& clock);
  Worker(const Worker&) = delete;
  Worker& operator=(const Worker&) = delete;
  // Tells the running job to give up and waits for that; what has not been posted yet is dropped.
  ~Worker();

  // Runs the job after those before it, then finishes it on `loop`.
  [[nodiscard]] JobTicket submit(EventLoop& loop, std::unique_ptr<Job> job);
  // Lets go of `object` on the worker's thread: giving back much memory takes long.
  void discard(std::shared_ptr<const void> object);

  [[nodiscard]] WorkerStatistics statistics() const;

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
  WorkerStatistics statistics_ OT_GUARDED_BY(mutex_);
  JobProgress progress_{0};
};

}  // namespace ot
