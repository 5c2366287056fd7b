#include "base/duration_text.h"

#include <gtest/gtest.h>

namespace ot {
namespace {

using std::chrono::hours;
using std::chrono::milliseconds;
using std::chrono::minutes;
using std::chrono::seconds;

TEST(DurationText, ShortTimesAreHundredthsOfASecond) {
  EXPECT_EQ(seconds_text(milliseconds(0)), "0.00 s");
  EXPECT_EQ(seconds_text(milliseconds(59)), "0.05 s");
  EXPECT_EQ(seconds_text(milliseconds(12'345)), "12.34 s");
}

TEST(DurationText, UptimesAreDaysAndAClock) {
  EXPECT_EQ(uptime_text(milliseconds(999)), "00:00:00");
  EXPECT_EQ(uptime_text(hours(23) + seconds(59 * 60 + 59)), "23:59:59");
  EXPECT_EQ(uptime_text(hours(24)), "1 d 00:00:00");
  EXPECT_EQ(uptime_text(hours(24 * 400 + 5) + seconds(61)), "400 d 05:01:01");
}

TEST(DurationText, ConfiguredDurationsUseTheLargestUnitThatDividesThem) {
  EXPECT_EQ(format_duration(seconds(90)), "90s");
  EXPECT_EQ(format_duration(minutes(30)), "30m");
  EXPECT_EQ(format_duration(hours(48)), "2d");
  EXPECT_EQ(format_duration(seconds(0)), "0s");
}

}  // namespace
}  // namespace ot
