#include "base/duration_histogram.h"

#include <gtest/gtest.h>

namespace ot {
namespace {

using std::chrono::microseconds;
using std::chrono::nanoseconds;

TEST(DurationHistogram, CountsADurationInTheFirstBucketWithALargeEnoughBound) {
  DurationHistogram histogram;
  for (size_t bucket = 0; bucket < DurationHistogram::kBounds; ++bucket) {
    histogram.add(DurationHistogram::bound(bucket));
    EXPECT_EQ(histogram.count(bucket), bucket == 0 ? 1U : 2U);
    histogram.add(DurationHistogram::bound(bucket) + nanoseconds(1));
    EXPECT_EQ(histogram.count(bucket + 1), 1U) << bucket;
  }
}

TEST(DurationHistogram, CountsLongDurationsInTheLastBucket) {
  DurationHistogram histogram;
  histogram.add(std::chrono::hours(1), 3);
  EXPECT_EQ(histogram.count(DurationHistogram::kBounds), 3U);
}

TEST(DurationHistogram, SumsUpRepeatedDurations) {
  DurationHistogram histogram;
  histogram.add(microseconds(20), 5);
  histogram.add(nanoseconds(7));
  EXPECT_EQ(histogram.count(1), 5U);
  EXPECT_EQ(histogram.sum(), nanoseconds(100'007));
}

TEST(DurationHistogram, CountsANegativeDurationAsZero) {
  DurationHistogram histogram;
  histogram.add(std::chrono::seconds(-1));
  EXPECT_EQ(histogram.count(0), 1U);
  EXPECT_EQ(histogram.sum(), nanoseconds(0));
}

}  // namespace
}  // namespace ot
