#include "base/clock.h"

#include <gtest/gtest.h>

namespace ot {
namespace {

using std::chrono::seconds;

TEST(ManualClock, StandsStillUntilMoved) {
  ManualClock clock;
  const MonotonicTime start = clock.now();
  EXPECT_EQ(clock.now(), start);
  clock.advance(seconds(90));
  EXPECT_EQ(clock.now() - start, seconds(90));
}

TEST(ManualClock, MovesWallTimeAlong) {
  ManualClock clock;
  const WallTime start = clock.wall_time();
  clock.advance(seconds(5));
  EXPECT_EQ(clock.wall_time() - start, seconds(5));
}

TEST(ManualClock, StartsLateEnoughToLookBackAnHour) {
  const ManualClock clock;
  EXPECT_GE(clock.now() - std::chrono::hours(1), MonotonicTime{});
}

TEST(SystemClock, NeverGoesBack) {
  const SystemClock clock;
  MonotonicTime last = clock.now();
  for (int i = 0; i < 1000; ++i) {
    const MonotonicTime now = clock.now();
    ASSERT_GE(now, last);
    last = now;
  }
}

TEST(SystemClock, TellsTheTimeOfDay) {
  const SystemClock clock;
  const auto difference = clock.wall_time() - std::chrono::system_clock::now();
  EXPECT_LT(std::chrono::abs(difference), seconds(10));
}

}  // namespace
}  // namespace ot
