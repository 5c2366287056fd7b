#include "net/worker.h"

#include <poll.h>
#include <sched.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <csignal>
#include <exception>
#include <new>
#include <utility>

namespace ot {
namespace {

constexpr int kNice = 19;
constexpr int kRetryMilliseconds = 10;

// The argument of sched_setattr(2), for which glibc has no function.
struct SchedulingAttributes {
  uint32_t size = sizeof(SchedulingAttributes);
  uint32_t policy = SCHED_OTHER;
  uint64_t flags = 0;
  int32_t nice = 0;
  uint32_t priority = 0;
  uint64_t runtime = 0;  // nanoseconds
  uint64_t deadline = 0;
  uint64_t period = 0;
};

// Since Linux 6.12 a thread that wakes up, as the loop does for each batch, interrupts at once only
// threads that asked for longer turns than its own; for any other it waits some milliseconds until
// the turn is over, whatever that thread's niceness. Nobody's share of the processor changes. Older
// kernels ignore this; a refusal changes nothing.
void take_long_turns(int nice) {
  SchedulingAttributes wanted;
  wanted.nice = nice;
  wanted.runtime = 100'000'000;  // the longest there is
  ::syscall(SYS_sched_setattr, 0, &wanted, 0U);
}

// Affects this thread alone: on Linux each thread has a priority, under its own id.
void be_nice() {
  const auto self = static_cast<id_t>(::gettid());
  const int now = ::getpriority(PRIO_PROCESS, self);
  // Raising the niceness is never refused.
  ::setpriority(PRIO_PROCESS, self, std::max(now, kNice));
  take_long_turns(std::max(now, kNice));
}

JobResult run_guarded(Job& job, const JobWatch& watch) {
  try {
    return job.run(watch);
  } catch (const std::bad_alloc&) {
    return Unexpected(JobFailure{"out of memory"});
  } catch (const std::exception& fault) {
    return Unexpected(JobFailure{fault.what()});
  }
}

// Runs nothing; destroys an object.
class Disposal final : public Job {
 public:
  explicit Disposal(std::shared_ptr<const void> object) : object_(std::move(object)) {}
  JobResult run(const JobWatch&) override {
    object_.reset();
    return {};
  }
  void finish(const JobResult&) override {}
  [[nodiscard]] std::string_view name() const override { return "discard"; }

 private:
  std::shared_ptr<const void> object_;
};

}  // namespace

// A job on its way: queued, run, posted back.
struct Worker::Assignment {
  std::unique_ptr<Job> job;
  EventLoop* loop;  // null if nobody waits for the end
  std::shared_ptr<std::atomic<bool>> cancelled = std::make_shared<std::atomic<bool>>(false);
  JobResult result{};
};

Result<std::unique_ptr<Worker>, SystemError> Worker::create(const Clock& clock) {
  std::unique_ptr<Worker> worker(new Worker(clock));
  // A thread inherits its maker's mask, and must never run without it.
  sigset_t all;
  sigset_t before;
  sigfillset(&all);
  ::pthread_sigmask(SIG_SETMASK, &all, &before);
  const int code = ::pthread_create(&worker->thread_, nullptr, thread_main, worker.get());
  ::pthread_sigmask(SIG_SETMASK, &before, nullptr);
  if (code != 0) return Unexpected(SystemError{code, "pthread_create"});
  worker->started_ = true;
  return worker;
}

Worker::~Worker() {
  if (!started_) return;
  {
    const MutexLock lock(mutex_);
    stopping_.store(true, std::memory_order_relaxed);
  }
  wake_.notify_one();
  ::pthread_join(thread_, nullptr);
}

JobTicket Worker::submit(EventLoop& loop, std::unique_ptr<Job> job) {
  assert(job != nullptr);
  auto assignment = std::make_shared<Assignment>();
  assignment->job = std::move(job);
  assignment->loop = &loop;
  JobTicket ticket(assignment->cancelled);
  enqueue(std::move(assignment));
  return ticket;
}

void Worker::discard(std::shared_ptr<const void> object) {
  auto assignment = std::make_shared<Assignment>();
  assignment->job = std::make_unique<Disposal>(std::move(object));
  enqueue(std::move(assignment));
}

void Worker::enqueue(std::shared_ptr<Assignment> assignment) {
  {
    const MutexLock lock(mutex_);
    queue_.push_back(std::move(assignment));
  }
  wake_.notify_one();
}

WorkerStatus Worker::status() const {
  const MutexLock lock(mutex_);
  WorkerStatus now = status_;
  now.waiting = queue_.size();
  if (now.running_since) now.progress = progress_.load(std::memory_order_relaxed);
  return now;
}

void* Worker::thread_main(void* worker) {
  // Done by the thread itself: a process that cannot be dumped may not name its other threads.
  ::pthread_setname_np(::pthread_self(), "worker");
  be_nice();
  static_cast<Worker*>(worker)->serve();
  return nullptr;
}

void Worker::serve() {
  while (const auto assignment = take_next()) {
    if (assignment->cancelled->load(std::memory_order_relaxed)) {
      const MutexLock lock(mutex_);
      ++status_.cancelled;
      continue;
    }
    perform(assignment);
    deliver(assignment);
  }
}

// Null when the worker must stop.
std::shared_ptr<Worker::Assignment> Worker::take_next() {
  const MutexLock lock(mutex_);
  while (!stopping_.load(std::memory_order_relaxed)) {
    if (!queue_.empty()) {
      auto next = std::move(queue_.front());
      queue_.pop_front();
      return next;
    }
    wake_.wait(mutex_);
  }
  return nullptr;
}

void Worker::perform(const std::shared_ptr<Assignment>& assignment) {
  const MonotonicTime start = clock_.now();
  {
    const MutexLock lock(mutex_);
    status_.running_since = start;
    status_.running = assignment->job->name();
    progress_.store(0, std::memory_order_relaxed);
  }
  assignment->result =
      run_guarded(*assignment->job, {*assignment->cancelled, stopping_, &progress_});
  const Duration took = clock_.now() - start;
  const MutexLock lock(mutex_);
  status_.running_since.reset();
  status_.running = {};
  status_.busy += took;
  ++(assignment->result ? status_.done : status_.failed);
}

// A result that is not posted would leave its asker waiting for ever, so this retries until there
// is memory.
void Worker::deliver(const std::shared_ptr<Assignment>& assignment) {
  const auto is_wanted = [&] {
    return assignment->loop != nullptr && !assignment->cancelled->load(std::memory_order_relaxed);
  };
  while (is_wanted() && !stopping_.load(std::memory_order_relaxed)) {
    try {
      return assignment->loop->post([assignment] {
        if (!assignment->cancelled->load(std::memory_order_relaxed))
          assignment->job->finish(assignment->result);
        assignment->job.reset();
      });
    } catch (const std::bad_alloc&) {
      ::poll(nullptr, 0, kRetryMilliseconds);
    }
  }
}

}  // namespace ot
