#include "net/event_loop.h"

#include <sys/eventfd.h>

#include <thread>

#include "loopback.h"

namespace ot {
namespace {

using loopback::make_loop;
using std::chrono::milliseconds;
using std::chrono::seconds;

UniqueFd signalled() { return UniqueFd(eventfd(1, EFD_NONBLOCK | EFD_CLOEXEC)); }

class CallHandler final : public EventHandler {
 public:
  explicit CallHandler(std::function<void()> call = [] {}) : call_(std::move(call)) {}
  void on_events(uint32_t events) override {
    ++calls;
    last_events = events;
    call_();
  }
  int calls = 0;
  uint32_t last_events = 0;

 private:
  std::function<void()> call_;
};

class EventLoopTest : public ::testing::Test {
 protected:
  Watch watch(const UniqueFd& fd, EventHandler& handler, uint32_t events = EPOLLIN) {
    return loop_->watch(fd.get(), events, handler).value();
  }

  ManualClock clock_;
  std::unique_ptr<EventLoop> loop_ = make_loop(clock_);
};

TEST_F(EventLoopTest, TellsAHandlerOfItsEvents) {
  const UniqueFd fd = signalled();
  CallHandler handler;
  watch(fd, handler);
  loop_->run_once(Duration(0));
  EXPECT_EQ(handler.calls, 1);
  EXPECT_EQ(handler.last_events, uint32_t{EPOLLIN});
  loop_->run_once(Duration(0));
  EXPECT_EQ(handler.calls, 2) << "level-triggered";
}

TEST_F(EventLoopTest, ChangesAndEndsAWatch) {
  const UniqueFd fd = signalled();
  CallHandler handler;
  Watch token = watch(fd, handler);
  loop_->change(token, 0);
  loop_->run_once(Duration(0));
  EXPECT_EQ(handler.calls, 0);
  loop_->change(token, EPOLLOUT);
  loop_->run_once(Duration(0));
  EXPECT_EQ(handler.last_events, uint32_t{EPOLLOUT});
  loop_->unwatch(token);
  EXPECT_FALSE(token);
  loop_->run_once(Duration(0));
  EXPECT_EQ(handler.calls, 1);
}

TEST_F(EventLoopTest, ReportsADescriptorThatCannotBeWatched) {
  CallHandler handler;
  const auto token = loop_->watch(-1, EPOLLIN, handler);
  ASSERT_FALSE(token.has_value());
  EXPECT_EQ(token.error().code, EBADF);
}

// Both events are in one batch. The first handler closes the other descriptor and the number is
// used again at once, by a newcomer that is not ready for anything.
TEST_F(EventLoopTest, DropsTheStaleEventOfAClosedDescriptor) {
  std::array<UniqueFd, 2> fds{signalled(), signalled()};
  std::array<Watch, 2> tokens;
  UniqueFd newcomer_fd;
  CallHandler newcomer;
  int served = 0;
  const auto replace_other = [&](size_t other) {
    if (++served > 1) return;
    const int number = fds[other].get();
    loop_->forget(tokens[other]);
    fds[other].reset();
    newcomer_fd.reset(eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC));
    ASSERT_EQ(newcomer_fd.get(), number);
    watch(newcomer_fd, newcomer);
  };
  CallHandler first([&] { replace_other(1); });
  CallHandler second([&] { replace_other(0); });
  tokens = {watch(fds[0], first), watch(fds[1], second)};
  loop_->run_once(Duration(0));
  EXPECT_EQ(first.calls + second.calls, 1);
  EXPECT_EQ(newcomer.calls, 0);
}

TEST_F(EventLoopTest, IgnoresTheTokenOfAnEarlierWatch) {
  const UniqueFd a = signalled();
  const UniqueFd b = signalled();
  CallHandler handler;
  Watch old = watch(a, handler);
  Watch copy = old;
  loop_->unwatch(old);
  watch(b, handler);
  loop_->unwatch(copy);
  loop_->run_once(Duration(0));
  EXPECT_EQ(handler.calls, 1) << "the slot belongs to the second watch";
}

TEST_F(EventLoopTest, ReadsTheClockOncePerPass) {
  const MonotonicTime before = loop_->now();
  clock_.advance(seconds(1));
  EXPECT_EQ(loop_->now(), before);
  loop_->run_once(Duration(0));
  EXPECT_EQ(loop_->now(), before + seconds(1));
}

TEST_F(EventLoopTest, FiresTimersOnItsClock) {
  int fired = 0;
  Timer timer(loop_->timers(), [&] { ++fired; });
  timer.arm_after(seconds(3600));
  clock_.advance(seconds(3599));
  loop_->run_once(Duration(0));
  EXPECT_EQ(fired, 0);
  clock_.advance(seconds(1));
  loop_->run_once(Duration(0));
  EXPECT_EQ(fired, 1);
}

TEST_F(EventLoopTest, TellsAnObserverOfEveryPass) {
  int passes = 0;
  loop_->set_pass_observer([&](Duration took) {
    ++passes;
    EXPECT_EQ(took, Duration(7));
  });
  Timer timer(loop_->timers(), [&] { clock_.advance(Duration(7)); });
  timer.arm_after(Duration(0));
  loop_->run_once(Duration(0));
  EXPECT_EQ(passes, 1);
}

TEST(EventLoopOnRealTimeTest, WakesForTheNextTimer) {
  const SystemClock clock;
  const auto loop = make_loop(clock);
  const MonotonicTime start = clock.now();
  Timer timer(loop->timers(), [&] { loop->stop(); });
  timer.arm(start + milliseconds(30));
  loop->run();
  EXPECT_GE(clock.now() - start, milliseconds(30));
  EXPECT_LT(clock.now() - start, seconds(2));
}

TEST(EventLoopOnRealTimeTest, WaitsNoLongerThanAsked) {
  const SystemClock clock;
  const auto loop = make_loop(clock);
  Timer timer(loop->timers(), [] {});
  timer.arm_after(seconds(100));
  const MonotonicTime start = clock.now();
  loop->run_once(milliseconds(10));
  EXPECT_GE(clock.now() - start, milliseconds(9));
  EXPECT_LT(clock.now() - start, seconds(2));
}

TEST(EventLoopThreadsTest, RunsPostedTasksOnItsThreadInOrder) {
  constexpr int kThreads = 4;
  constexpr int kTasks = 500;
  const SystemClock clock;
  const auto loop = make_loop(clock);
  const auto loop_thread = std::this_thread::get_id();
  std::array<int, kThreads> next{};
  int total = 0;
  std::vector<std::thread> threads;
  for (size_t t = 0; t < kThreads; ++t) {
    threads.emplace_back([&, t] {
      for (int i = 0; i < kTasks; ++i) {
        loop->post([&, t, i] {
          EXPECT_EQ(std::this_thread::get_id(), loop_thread);
          EXPECT_EQ(next.at(t)++, i);
          if (++total == kThreads * kTasks) loop->stop();
        });
      }
    });
  }
  loop->run();
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(total, kThreads * kTasks);
}

TEST(EventLoopThreadsTest, StopsFromAnotherThread) {
  const SystemClock clock;
  const auto loop = make_loop(clock);
  std::thread stopper([&] { loop->stop(); });
  loop->run();
  stopper.join();
}

TEST(EventLoopThreadsTest, ReturnsAtOnceIfStoppedBefore) {
  const SystemClock clock;
  const auto loop = make_loop(clock);
  loop->stop();
  loop->run();
  loop->post([&] { loop->stop(); });
  loop->run();
}

TEST(EventLoopThreadsTest, LeavesATaskPostedByATaskForTheNextPass) {
  const SystemClock clock;
  const auto loop = make_loop(clock);
  int runs = 0;
  std::function<void()> again = [&] {
    ++runs;
    loop->post(again);
  };
  loop->post(again);
  loop->run_once(Duration(0));
  EXPECT_EQ(runs, 1);
  loop->run_once(Duration(0));
  EXPECT_EQ(runs, 2);
}

}  // namespace
}  // namespace ot
