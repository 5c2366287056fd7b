#include "base/log_limit.h"

#include <gtest/gtest.h>

#include <thread>

#include "unit/support/collected_log.h"

namespace ot {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

class LimitedLogTest : public testing::Test {
 protected:
  static constexpr size_t kLimit = LimitedLog::kLinesPerSecond;

  // Two kinds of lines.
  void a(size_t count) {
    for (size_t i = 0; i < count; ++i) log_.info("a" + std::to_string(i));
  }
  void b() { log_.warning("b"); }

  [[nodiscard]] size_t written() const { return out_.lines().size(); }
  [[nodiscard]] const std::string& last() const { return out_.lines().back(); }

  ManualClock clock_;
  CollectedLog out_;
  LimitedLog log_{out_, clock_};
};

TEST_F(LimitedLogTest, LetsTenLinesOfAKindThroughInASecond) {
  a(kLimit);
  EXPECT_EQ(written(), kLimit);
  a(1);
  EXPECT_EQ(written(), kLimit);
  clock_.advance(milliseconds(999));
  a(1);
  EXPECT_EQ(written(), kLimit);
}

TEST_F(LimitedLogTest, CountsEachKindSeparately) {
  a(100);
  b();
  EXPECT_EQ(written(), kLimit + 1);
  EXPECT_EQ(last(), "b");
}

TEST_F(LimitedLogTest, ReportsTheNumberLeftOutBeforeTheNextLine) {
  a(kLimit + 1234);
  clock_.advance(seconds(1));
  a(1);
  ASSERT_EQ(written(), kLimit + 2);
  EXPECT_EQ(out_.lines()[kLimit], "1234 more of these were left out: a10");
  EXPECT_EQ(last(), "a0");
  clock_.advance(seconds(1));
  a(1);
  log_.tell_left_out();
  EXPECT_EQ(written(), kLimit + 3);
}

TEST_F(LimitedLogTest, ReportsASilentKindWhenItsSecondIsOver) {
  a(kLimit + 3);
  clock_.advance(milliseconds(999));
  log_.tell_left_out();
  EXPECT_EQ(written(), kLimit);
  clock_.advance(milliseconds(1));
  log_.tell_left_out();
  EXPECT_EQ(last(), "3 more of these were left out: a10");
  log_.tell_left_out();
  EXPECT_EQ(written(), kLimit + 1);
}

TEST_F(LimitedLogTest, CountsTheReportAsALine) {
  for (int second = 0; second < 5; ++second) {
    const size_t before = written();
    a(1000);
    EXPECT_EQ(written() - before, kLimit);
    clock_.advance(seconds(1));
  }
}

TEST_F(LimitedLogTest, KeepsTheReportShort) {
  const std::string longest(100'000, 'x');
  for (size_t i = 0; i <= kLimit; ++i) log_.error(longest);
  clock_.advance(seconds(1));
  log_.tell_left_out();
  EXPECT_LT(last().size(), 300U);
}

TEST_F(LimitedLogTest, CountsTheLinesOfSeveralThreads) {
  const auto speak = [this] { a(1000); };
  std::thread other(speak);
  speak();
  other.join();
  clock_.advance(seconds(1));
  log_.tell_left_out();
  ASSERT_EQ(written(), kLimit + 1);
  EXPECT_EQ(last().find("1990 more of these were left out: a"), 0U) << last();
}

}  // namespace
}  // namespace ot
