#include "service/stats_metrics.h"

#include <gtest/gtest.h>

#include <set>
#include <sstream>

namespace ot {
namespace {

using std::chrono::microseconds;
using std::chrono::milliseconds;

class StatsMetricsTest : public testing::Test {
 protected:
  StatsMetricsTest() { snapshot_.loops = loops_; }

  // Whether the page has this line.
  testing::AssertionResult has(const std::string& line) {
    const std::string page = print_metrics(snapshot_);
    if (("\n" + page).find("\n" + line + "\n") != std::string::npos)
      return testing::AssertionSuccess();
    return testing::AssertionFailure() << line << " is not in\n" << page;
  }

  Statistics first_;
  Statistics second_;
  const std::array<const Statistics*, 2> loops_{&first_, &second_};
  StatsSnapshot snapshot_;
};

TEST_F(StatsMetricsTest, CountByProtocolFamilyAndAction) {
  first_.record(Transport::udp, Family::v6, Action::announce);
  second_.record(Transport::udp, Family::v6, Action::announce);
  second_.record(Transport::tcp, Family::v4, Action::contact);
  EXPECT_TRUE(has(R"(opentracker_requests_total{protocol="udp",family="v6",action="announce"} 2)"));
  EXPECT_TRUE(has(R"(opentracker_contacts_total{protocol="tcp",family="v4"} 1)"));
  EXPECT_TRUE(has(R"(opentracker_contacts_total{protocol="udp",family="v4"} 0)"));
}

TEST_F(StatsMetricsTest, TellPeersByKindAndWhatTheTableTakes) {
  snapshot_.table = {7, 20, 5, 4096};
  EXPECT_TRUE(has(R"(opentracker_peers{kind="seeder"} 5)"));
  EXPECT_TRUE(has(R"(opentracker_peers{kind="leecher"} 15)"));
  EXPECT_TRUE(has("opentracker_torrents 7"));
  EXPECT_TRUE(has("opentracker_table_bytes 4096"));
}

TEST_F(StatsMetricsTest, TellWhatIsRunning) {
  snapshot_.version = "opentracker 1.2.3";
  snapshot_.features = "SWITCH_A";
  EXPECT_TRUE(has("opentracker_build_info{version=\"opentracker 1.2.3\",features=\"SWITCH_A\"} 1"));
}

TEST_F(StatsMetricsTest, TellOfTheStateFile) {
  snapshot_.state.writes = 3;
  snapshot_.state.failed_writes = 4;
  snapshot_.state.written = {5, 6};
  snapshot_.state.written_at = WallTime(std::chrono::milliseconds(7'900));
  snapshot_.state.write_took = std::chrono::milliseconds(250);
  snapshot_.state.loaded = {8, 9};
  EXPECT_TRUE(has("opentracker_state_writes_total 3"));
  EXPECT_TRUE(has("opentracker_state_write_failures_total 4"));
  EXPECT_TRUE(has("opentracker_state_peers 6"));
  EXPECT_TRUE(has("opentracker_state_written_timestamp_seconds 7"));
  EXPECT_TRUE(has("opentracker_state_write_seconds 0.25"));
  EXPECT_TRUE(has("opentracker_state_loaded_torrents 8"));
  EXPECT_TRUE(has("opentracker_state_loaded_peers 9"));
}

TEST_F(StatsMetricsTest, TellWhatTheSocketsLost) {
  snapshot_.udp = {11, 12, 13, 14};
  EXPECT_TRUE(has("opentracker_udp_received_datagrams_total 11"));
  EXPECT_TRUE(has("opentracker_udp_send_errors_total 13"));
  EXPECT_TRUE(has("opentracker_udp_receive_drops_total 14"));
}

TEST_F(StatsMetricsTest, HaveAHistogramOfPasses) {
  first_.record_pass(microseconds(16));
  first_.record_pass(microseconds(17));
  second_.record_pass(milliseconds(500));
  EXPECT_TRUE(has(R"(opentracker_loop_pass_seconds_bucket{le="1.6e-05"} 1)"));
  EXPECT_TRUE(has(R"(opentracker_loop_pass_seconds_bucket{le="3.2e-05"} 2)"));
  EXPECT_TRUE(has(R"(opentracker_loop_pass_seconds_bucket{le="0.262144"} 2)"));
  EXPECT_TRUE(has(R"(opentracker_loop_pass_seconds_bucket{le="+Inf"} 3)"));
  EXPECT_TRUE(has("opentracker_loop_pass_seconds_sum 0.500033"));
  EXPECT_TRUE(has("opentracker_loop_pass_seconds_count 3"));
}

TEST_F(StatsMetricsTest, HaveAHistogramOfRenewals) {
  AnnounceOutcome outcome;
  outcome.change = PeerChange::renewed;
  for (const uint8_t minutes : std::array<uint8_t, 4>{4, 5, 30, 90}) {
    outcome.minutes_silent = minutes;
    first_.record(outcome);
  }
  EXPECT_TRUE(has(R"(opentracker_renewal_age_seconds_bucket{le="300"} 1)"));
  EXPECT_TRUE(has(R"(opentracker_renewal_age_seconds_bucket{le="600"} 2)"));
  EXPECT_TRUE(has(R"(opentracker_renewal_age_seconds_bucket{le="2400"} 3)"));
  EXPECT_TRUE(has(R"(opentracker_renewal_age_seconds_bucket{le="+Inf"} 4)"));
}

TEST_F(StatsMetricsTest, SayHelpAndTypeOnceBeforeEachFamilyOfSamples) {
  std::istringstream lines(print_metrics(snapshot_));
  std::set<std::string> seen;
  std::string name;
  for (std::string line; std::getline(lines, line);) {
    std::istringstream words(line);
    std::string mark, kind, subject;
    words >> mark >> kind >> subject;
    if (mark == "#" && kind == "HELP") {
      EXPECT_TRUE(seen.insert(subject).second) << line;
      name = subject;
    }
    const std::string expected = mark == "#" ? subject : mark.substr(0, name.size());
    EXPECT_EQ(expected, name) << line;
  }
  EXPECT_GE(seen.size(), 20U);
}

TEST(DurationHistogram, PutsADurationIntoTheFirstBucketThatReachesIt) {
  DurationHistogram histogram;
  for (size_t bucket = 0; bucket < DurationHistogram::kBounds; ++bucket) {
    histogram.add(DurationHistogram::bound(bucket));
    EXPECT_EQ(histogram.count(bucket), bucket == 0 ? 1U : 2U);
    histogram.add(DurationHistogram::bound(bucket) + std::chrono::nanoseconds(1));
    EXPECT_EQ(histogram.count(bucket + 1), 1U) << bucket;
  }
  histogram.add(std::chrono::seconds(-1));
  EXPECT_EQ(histogram.count(0), 2U);
}

}  // namespace
}  // namespace ot
