#include "base/rate_limit.h"

#include <gtest/gtest.h>

namespace ot {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

int allowed(RateLimit& limit, MonotonicTime now, int tries) {
  int count = 0;
  for (int i = 0; i < tries; ++i) count += limit.allow(now) ? 1 : 0;
  return count;
}

TEST(RateLimit, AllowsExactlyItsLimitAtOnce) {
  RateLimit limit(3);
  EXPECT_EQ(allowed(limit, ManualClock().now(), 10), 3);
}

TEST(RateLimit, FillsAgainAfterASecondAndNotBefore) {
  RateLimit limit(3);
  const MonotonicTime start = ManualClock().now();
  EXPECT_EQ(allowed(limit, start, 10), 3);
  EXPECT_EQ(allowed(limit, start + milliseconds(999), 10), 0);
  EXPECT_EQ(allowed(limit, start + seconds(1), 10), 3);
}

TEST(RateLimit, DoesNotSaveUpTokensInQuietSeconds) {
  RateLimit limit(3);
  const MonotonicTime start = ManualClock().now();
  EXPECT_EQ(allowed(limit, start, 1), 1);
  EXPECT_EQ(allowed(limit, start + seconds(100), 10), 3);
}

TEST(RateLimit, MayHaveAnotherPeriod) {
  RateLimit limit(3, std::chrono::minutes(1));
  const MonotonicTime start{std::chrono::hours(1)};
  EXPECT_EQ(allowed(limit, start, 5), 3);
  EXPECT_EQ(allowed(limit, start + std::chrono::seconds(59), 5), 0);
  EXPECT_EQ(allowed(limit, start + std::chrono::seconds(60), 5), 3);
}

TEST(RateLimit, AllowsNothingIfItIsZero) {
  RateLimit limit(0);
  EXPECT_EQ(allowed(limit, ManualClock().now(), 2), 0);
}

TEST(RateLimit, WorksFromTheFirstMomentOfTheClock) {
  RateLimit limit(2);
  EXPECT_EQ(allowed(limit, MonotonicTime{}, 5), 2);
  EXPECT_EQ(allowed(limit, MonotonicTime{seconds(1)}, 5), 2);
}

}  // namespace
}  // namespace ot
