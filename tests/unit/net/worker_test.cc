#include "net/worker.h"

#include <sys/resource.h>

#include <algorithm>
#include <future>
#include <new>
#include <stdexcept>
#include <thread>
#include <vector>

#include "base/random.h"
#include "loopback.h"

namespace ot {
namespace {

using loopback::milliseconds;

// A job made of two functions.
class CallJob final : public Job {
 public:
  using Run = std::function<JobResult(const JobWatch&)>;
  using Finish = std::function<void(const JobResult&)>;

  CallJob(Run run, Finish finish) : run_(std::move(run)), finish_(std::move(finish)) {}
  JobResult run(const JobWatch& watch) override { return run_(watch); }
  void finish(const JobResult& result) override { finish_(result); }

 private:
  Run run_;
  Finish finish_;
};

void ignore_result(const JobResult&) {}

std::unique_ptr<Job> job(CallJob::Run run, CallJob::Finish finish = ignore_result) {
  return std::make_unique<CallJob>(std::move(run), std::move(finish));
}

class WorkerTest : public ::testing::Test {
 protected:
  // Submits a job that waits until open_gate() or until it is cancelled.
  JobTicket submit_gate() {
    return worker_->submit(*loop_, job([gate = gate_](const JobWatch& watch) -> JobResult {
      while (!gate->load() && !watch.is_cancelled()) std::this_thread::yield();
      return {};
    }));
  }
  void open_gate() { gate_->store(true); }
  bool pump(const std::function<bool()>& done) { return loopback::pump(*loop_, done); }

  SystemClock clock_;
  std::unique_ptr<EventLoop> loop_ = loopback::make_loop(clock_);
  std::shared_ptr<std::atomic<bool>> gate_ = std::make_shared<std::atomic<bool>>(false);
  std::unique_ptr<Worker> worker_ = std::move(Worker::create(clock_)).value();
};

TEST_F(WorkerTest, RunsAJobOnItsThreadAndFinishesItOnTheLoops) {
  std::thread::id ran_on;
  std::thread::id finished_on;
  const JobTicket ticket = worker_->submit(*loop_, job(
                                                       [&](const JobWatch& watch) -> JobResult {
                                                         EXPECT_FALSE(watch.is_cancelled());
                                                         ran_on = std::this_thread::get_id();
                                                         return {};
                                                       },
                                                       [&](const JobResult& result) {
                                                         EXPECT_TRUE(result.has_value());
                                                         finished_on = std::this_thread::get_id();
                                                       }));
  ASSERT_TRUE(pump([&] { return finished_on != std::thread::id(); }));
  EXPECT_EQ(finished_on, std::this_thread::get_id());
  EXPECT_NE(ran_on, finished_on);
}

TEST_F(WorkerTest, RunsAndFinishesJobsInTheOrderTheyCame) {
  std::vector<int> ran;
  std::vector<int> finished;
  std::vector<JobTicket> tickets;
  for (int i = 0; i < 100; ++i) {
    tickets.push_back(
        worker_->submit(*loop_, job(
                                    [&ran, i](const JobWatch&) -> JobResult {
                                      ran.push_back(i);
                                      return {};
                                    },
                                    [&finished, i](const JobResult&) { finished.push_back(i); })));
  }
  ASSERT_TRUE(pump([&] { return finished.size() == 100; }));
  EXPECT_EQ(ran, finished);
  EXPECT_TRUE(std::is_sorted(ran.begin(), ran.end()));
}

TEST_F(WorkerTest, FinishesEachJobOnTheLoopThatAsked) {
  const auto other = loopback::make_loop(clock_);
  int here = 0;
  int there = 0;
  const auto nothing = [](const JobWatch&) -> JobResult { return {}; };
  const JobTicket first = worker_->submit(*loop_, job(nothing, [&](const JobResult&) { ++here; }));
  const JobTicket second =
      worker_->submit(*other, job(nothing, [&](const JobResult&) { ++there; }));
  ASSERT_TRUE(loopback::pump(*other, [&] { return there == 1; }));
  EXPECT_EQ(here, 0) << "its loop has not passed";
  ASSERT_TRUE(pump([&] { return here == 1; }));
}

TEST_F(WorkerTest, DeliversFailuresAndGoesOn) {
  std::vector<std::string> reasons;
  const auto note = [&](const JobResult& result) {
    reasons.push_back(result ? "fine" : result.error().reason);
  };
  const JobTicket first = worker_->submit(
      *loop_,
      job([](const JobWatch&) -> JobResult { return Unexpected(JobFailure{"no such list"}); },
          note));
  const JobTicket second = worker_->submit(
      *loop_, job([](const JobWatch&) -> JobResult { throw std::bad_alloc(); }, note));
  const JobTicket third = worker_->submit(
      *loop_, job([](const JobWatch&) -> JobResult { throw std::length_error("reserve"); }, note));
  const JobTicket fourth =
      worker_->submit(*loop_, job([](const JobWatch&) -> JobResult { return {}; }, note));
  ASSERT_TRUE(pump([&] { return reasons.size() == 4; }));
  EXPECT_EQ(reasons,
            (std::vector<std::string>{"no such list", "out of memory", "reserve", "fine"}));
  EXPECT_EQ(worker_->status().done, 1U);
  EXPECT_EQ(worker_->status().failed, 3U);
}

TEST_F(WorkerTest, ShowsTheRunningJobItsProgressAndItsTime) {
  EXPECT_EQ(worker_->status().running, "");
  const JobTicket ticket =
      worker_->submit(*loop_, job([gate = gate_](const JobWatch& watch) -> JobResult {
        watch.tell_progress(1, 4);
        while (!gate->load()) std::this_thread::yield();
        return {};
      }));
  ASSERT_TRUE(pump([&] { return worker_->status().progress != 0; }));
  const WorkerStatus while_it_runs = worker_->status();
  EXPECT_EQ(while_it_runs.running, "other");
  EXPECT_EQ(while_it_runs.progress, JobWatch::kWhole / 4);
  EXPECT_LE(*while_it_runs.running_since, clock_.now());
  open_gate();
  ASSERT_TRUE(pump([&] { return worker_->status().done == 1; }));
  EXPECT_FALSE(worker_->status().running_since);
  EXPECT_EQ(worker_->status().progress, 0U);
  EXPECT_GE(worker_->status().busy, Duration(1));
}

TEST_F(WorkerTest, DoesNotRunAJobThatWasCancelledWhileItWaited) {
  const JobTicket gate = submit_gate();
  bool ran = false;
  bool finished = false;
  JobTicket ticket = worker_->submit(*loop_, job(
                                                 [&](const JobWatch&) -> JobResult {
                                                   ran = true;
                                                   return {};
                                                 },
                                                 [&](const JobResult&) { finished = true; }));
  ticket.cancel();
  open_gate();
  ASSERT_TRUE(pump([&] { return worker_->status().cancelled == 1; }));
  loopback::settle(*loop_);
  EXPECT_FALSE(ran);
  EXPECT_FALSE(finished);
}

TEST_F(WorkerTest, TellsARunningJobThatItIsCancelledAndDoesNotFinishIt) {
  std::promise<void> running;
  bool finished = false;
  {
    const JobTicket ticket =
        worker_->submit(*loop_, job(
                                    [&](const JobWatch& watch) -> JobResult {
                                      running.set_value();
                                      while (!watch.is_cancelled()) std::this_thread::yield();
                                      return {};
                                    },
                                    [&](const JobResult&) { finished = true; }));
    running.get_future().wait();
  }
  ASSERT_TRUE(pump([&] { return worker_->status().done == 1; }));
  loopback::settle(*loop_);
  EXPECT_FALSE(finished);
}

TEST_F(WorkerTest, DoesNotFinishAJobThatWasCancelledAfterItHadRun) {
  bool finished = false;
  JobTicket ticket = worker_->submit(*loop_, job([](const JobWatch&) -> JobResult { return {}; },
                                                 [&](const JobResult&) { finished = true; }));
  // Run and posted: the next job of the same worker runs only then.
  std::promise<void> next_ran;
  const JobTicket next = worker_->submit(*loop_, job([&](const JobWatch&) -> JobResult {
    next_ran.set_value();
    return {};
  }));
  next_ran.get_future().wait();
  ticket = JobTicket();
  loopback::settle(*loop_);
  EXPECT_FALSE(finished);
}

TEST_F(WorkerTest, FinishesAJobWhoseTicketWasMovedOrReleased) {
  int finished = 0;
  const auto submit = [&] {
    return worker_->submit(*loop_, job([](const JobWatch&) -> JobResult { return {}; },
                                       [&](const JobResult&) { ++finished; }));
  };
  JobTicket first = submit();
  const JobTicket moved = std::move(first);
  submit().release();
  ASSERT_TRUE(pump([&] { return finished == 2; }));
}

TEST_F(WorkerTest, MayBeAskedAgainAndCancelledFromFinish) {
  JobTicket ticket;
  int finished = 0;
  std::function<void(const JobResult&)> again = [&](const JobResult&) {
    ticket.cancel();  // its own: too late, and harmless
    if (++finished < 3)
      ticket = worker_->submit(*loop_, job([](const JobWatch&) -> JobResult { return {}; }, again));
  };
  ticket = worker_->submit(*loop_, job([](const JobWatch&) -> JobResult { return {}; }, again));
  ASSERT_TRUE(pump([&] { return finished == 3; }));
}

TEST_F(WorkerTest, ShowsSinceWhenItIsBusyAndHowManyJobsWait) {
  EXPECT_EQ(worker_->status().running_since, std::nullopt);
  const MonotonicTime before = clock_.now();
  const JobTicket gate = submit_gate();
  const JobTicket second = submit_gate();
  ASSERT_TRUE(pump([&] { return worker_->status().running_since.has_value(); }));
  const WorkerStatus busy = worker_->status();
  EXPECT_GE(*busy.running_since, before);
  EXPECT_EQ(busy.waiting, 1U);
  EXPECT_EQ(busy.done, 0U);
  open_gate();
  ASSERT_TRUE(pump([&] { return worker_->status().done == 2; }));
  EXPECT_EQ(worker_->status().running_since, std::nullopt);
}

TEST_F(WorkerTest, OnlyItsThreadIsNiceAndItTakesNoSignals) {
  int priority = 0;
  bool blocks_all = true;
  bool finished = false;
  const JobTicket ticket = worker_->submit(
      *loop_, job(
                  [&](const JobWatch&) -> JobResult {
                    priority = getpriority(PRIO_PROCESS, static_cast<id_t>(gettid()));
                    sigset_t mask;
                    pthread_sigmask(SIG_BLOCK, nullptr, &mask);
                    for (const int signal : {SIGHUP, SIGINT, SIGTERM, SIGUSR1, SIGPIPE, SIGCHLD})
                      blocks_all = blocks_all && sigismember(&mask, signal) == 1;
                    return {};
                  },
                  [&](const JobResult&) { finished = true; }));
  ASSERT_TRUE(pump([&] { return finished; }));
  const int own = getpriority(PRIO_PROCESS, static_cast<id_t>(gettid()));
  EXPECT_EQ(priority, std::max(own, 19));
  EXPECT_TRUE(blocks_all);
  sigset_t mask;
  pthread_sigmask(SIG_BLOCK, nullptr, &mask);
  EXPECT_EQ(sigismember(&mask, SIGHUP), 0) << "the maker's mask is put back";
}

TEST_F(WorkerTest, ItsEndTellsTheRunningJobAndDropsTheRest) {
  bool finished = false;
  auto held = std::make_shared<int>(1);
  const JobTicket gate = submit_gate();
  const JobTicket waiting =
      worker_->submit(*loop_, job([held](const JobWatch&) -> JobResult { return {}; },
                                  [&](const JobResult&) { finished = true; }));
  worker_.reset();
  EXPECT_EQ(held.use_count(), 1) << "dropped with its captures";
  loopback::settle(*loop_);
  EXPECT_FALSE(finished);
}

TEST_F(WorkerTest, DiscardsOnItsThread) {
  std::promise<std::thread::id> gone_on;
  worker_->discard(std::shared_ptr<const int>(new int(1), [&](const int* object) {
    delete object;
    gone_on.set_value(std::this_thread::get_id());
  }));
  EXPECT_NE(gone_on.get_future().get(), std::this_thread::get_id());
}

// For ThreadSanitizer: two loops ask, cancel and look at the same time.
TEST_F(WorkerTest, ServesTwoLoopsAtOnce) {
  const auto ask = [this](EventLoop& loop, uint64_t seed) {
    Random random(seed);
    int finished = 0;
    std::deque<JobTicket> tickets;
    for (int i = 0; i < 2000; ++i) {
      auto count = std::make_shared<int>(0);
      tickets.push_back(
          worker_->submit(loop, job(
                                    [count](const JobWatch&) -> JobResult {
                                      ++*count;
                                      return {};
                                    },
                                    [&finished, count](const JobResult&) { finished += *count; })));
      if (random.below(4) == 0) tickets.pop_back();
      if (random.below(4) == 0 && !tickets.empty()) tickets.pop_front();
      if (random.below(8) == 0) loop.run_once(Duration(0));
      EXPECT_LE(worker_->status().waiting, 4002U);
    }
    bool last = false;
    const JobTicket end = worker_->submit(loop, job([](const JobWatch&) -> JobResult { return {}; },
                                                    [&](const JobResult&) { last = true; }));
    EXPECT_TRUE(loopback::pump(loop, [&] { return last; }));
    EXPECT_GT(finished, 0);
  };
  const auto other = loopback::make_loop(clock_);
  std::thread second([&] { ask(*other, 2); });
  ask(*loop_, 1);
  second.join();
}

}  // namespace
}  // namespace ot
