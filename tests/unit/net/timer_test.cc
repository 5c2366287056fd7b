#include "net/timer.h"

#include <gtest/gtest.h>

#include <memory>
#include <string>

namespace ot {
namespace {

using std::chrono::seconds;

constexpr MonotonicTime kStart{seconds(100)};

class TimerTest : public ::testing::Test {
 protected:
  void fire_at(MonotonicTime now) {
    timers_.begin_pass(now);
    timers_.fire();
  }
  std::function<void()> note(char name) {
    return [this, name] { fired_ += name; };
  }

  Timers timers_{kStart};
  std::string fired_;
};

TEST_F(TimerTest, FiresAtItsDeadlineAndNotBefore) {
  Timer timer(timers_, note('a'));
  timer.arm_after(seconds(5));
  fire_at(kStart + seconds(5) - Duration(1));
  EXPECT_EQ(fired_, "");
  EXPECT_TRUE(timer.armed());
  fire_at(kStart + seconds(5));
  EXPECT_EQ(fired_, "a");
  EXPECT_FALSE(timer.armed());
  fire_at(kStart + seconds(50));
  EXPECT_EQ(fired_, "a");
}

TEST_F(TimerTest, FiresInOrderOfDeadlinesThenOfArming) {
  Timer a(timers_, note('a'));
  Timer b(timers_, note('b'));
  Timer c(timers_, note('c'));
  a.arm_after(seconds(3));
  b.arm_after(seconds(1));
  c.arm_after(seconds(3));
  EXPECT_EQ(timers_.next(), kStart + seconds(1));
  fire_at(kStart + seconds(3));
  EXPECT_EQ(fired_, "bac");
  EXPECT_EQ(timers_.next(), std::nullopt);
}

TEST_F(TimerTest, ReplacesAnEarlierDeadline) {
  Timer timer(timers_, note('a'));
  timer.arm_after(seconds(1));
  timer.arm_after(seconds(5));
  fire_at(kStart + seconds(4));
  EXPECT_EQ(fired_, "");
  EXPECT_EQ(timers_.next(), kStart + seconds(5));
}

TEST_F(TimerTest, IsSilentOnceDisarmedOrDestroyed) {
  Timer a(timers_, note('a'));
  auto b = std::make_unique<Timer>(timers_, note('b'));
  a.arm_after(seconds(1));
  b->arm_after(seconds(1));
  a.disarm();
  b.reset();
  fire_at(kStart + seconds(9));
  EXPECT_EQ(fired_, "");
}

TEST_F(TimerTest, WaitsForTheNextPassWhenArmedWhileTimersFire) {
  Timer* self = nullptr;
  Timer timer(timers_, [&] {
    fired_ += 'a';
    self->arm(kStart);
  });
  self = &timer;
  timer.arm(kStart);
  fire_at(kStart + seconds(1));
  EXPECT_EQ(fired_, "a");
  fire_at(kStart + seconds(1));
  EXPECT_EQ(fired_, "aa");
}

TEST_F(TimerTest, WaitsForTheNextPassWhenArmedInThisOne) {
  Timer timer(timers_, note('a'));
  timers_.begin_pass(kStart + seconds(1));
  timer.arm(kStart);
  timers_.fire();
  EXPECT_EQ(fired_, "");
  fire_at(kStart + seconds(1));
  EXPECT_EQ(fired_, "a");
}

TEST_F(TimerTest, IsNotHeldBackByOneThatRearmsItself) {
  Timer* self = nullptr;
  Timer greedy(timers_, [&] { self->arm(kStart - seconds(1)); });
  self = &greedy;
  Timer other(timers_, note('b'));
  greedy.arm(kStart);
  other.arm(kStart);
  fire_at(kStart);
  EXPECT_EQ(fired_, "b");
}

TEST_F(TimerTest, CanBeDisarmedByOneThatFiresWithIt) {
  Timer b(timers_, note('b'));
  Timer a(timers_, [&] { b.disarm(); });
  a.arm_after(seconds(1));
  b.arm_after(seconds(1));
  fire_at(kStart + seconds(1));
  EXPECT_EQ(fired_, "");
}

}  // namespace
}  // namespace ot
