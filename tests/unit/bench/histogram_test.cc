#include "bench/load/histogram.h"

#include <gtest/gtest.h>

namespace ot::bench {
namespace {

using std::chrono::microseconds;

TEST(Histogram, AnswersPercentilesToThreePerCent) {
  Histogram histogram;
  for (int i = 1; i <= 10'000; ++i) histogram.add(microseconds(i));
  EXPECT_NEAR(histogram.percentile_microseconds(0.5), 5000, 160);
  EXPECT_NEAR(histogram.percentile_microseconds(0.99), 9900, 310);
  EXPECT_GE(histogram.percentile_microseconds(0.5), 5000);
}

TEST(Histogram, NeverAnswersMoreThanTheLargestValue) {
  Histogram histogram;
  for (int i = 0; i < 3; ++i) histogram.add(microseconds(1001));
  EXPECT_EQ(histogram.percentile_microseconds(0.9999), 1001);
  EXPECT_EQ(histogram.max_microseconds(), 1001);
}

TEST(Histogram, SeesTheOneInTenThousand) {
  Histogram histogram;
  for (int i = 0; i < 9998; ++i) histogram.add(microseconds(10));
  histogram.add(microseconds(5000));
  histogram.add(microseconds(5000));
  EXPECT_LT(histogram.percentile_microseconds(0.999), 11);
  EXPECT_GE(histogram.percentile_microseconds(0.9999), 5000);
}

TEST(Histogram, AnswersZeroWithoutValues) {
  EXPECT_EQ(Histogram().percentile_microseconds(0.99), 0);
}

}  // namespace
}  // namespace ot::bench
