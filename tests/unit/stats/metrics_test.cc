#include "stats/metrics.h"

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

TEST_F(StatsMetricsTest, TellHowFullScrapesAreDoing) {
  snapshot_.dumps = {{31, 32, 33}, 34, 35, 36};
  EXPECT_TRUE(has("opentracker_full_scrape_runs_total 31"));
  EXPECT_TRUE(has("opentracker_full_scrapes_refused_total 32"));
  EXPECT_TRUE(has("opentracker_full_scrapes_reset_total 33"));
  EXPECT_TRUE(has("opentracker_full_scrapes_running 34"));
  EXPECT_TRUE(has("opentracker_full_scrapes_waiting 35"));
  EXPECT_TRUE(has("opentracker_full_scrape_shards_done 36"));
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

TEST_F(StatsMetricsTest, TellOfTheFilesOfNetworks) {
  first_.record_denied(Transport::tcp);
  second_.record_denied(Transport::tcp);
  EXPECT_EQ(print_metrics(snapshot_).find("denied_total"), std::string::npos) << "not configured";
  snapshot_.networks.deny = {1, 2, 3, std::nullopt};
  snapshot_.networks.proxy_file = {4, 5, 6, std::nullopt};
  EXPECT_TRUE(has(R"(opentracker_denied_total{protocol="tcp"} 2)"));
  EXPECT_TRUE(has(R"(opentracker_denied_total{protocol="udp"} 0)"));
  EXPECT_TRUE(has(R"(opentracker_access_networks{key="access.deny"} 3)"));
  EXPECT_TRUE(has(R"(opentracker_access_networks{key="access.proxy_file"} 6)"));
  EXPECT_TRUE(has("opentracker_access_proxy_file_refused_reads_total 5"));
  EXPECT_TRUE(has("opentracker_access_deny_refused_reads_total 2"));
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

TEST_F(StatsMetricsTest, HaveAHistogramOfRequestsByProtocol) {
  first_.end_pass(Transport::udp, microseconds(20), 32);
  first_.end_pass(Transport::tcp, microseconds(20), 0);
  first_.end_pass(Transport::udp, milliseconds(1), 33);
  first_.end_pass(Transport::udp, milliseconds(1), 33);
  second_.record_requests(Transport::tcp, std::chrono::seconds(2), 1);
  EXPECT_TRUE(has(R"(opentracker_request_seconds_bucket{protocol="udp",le="1.6e-05"} 0)"));
  EXPECT_TRUE(has(R"(opentracker_request_seconds_bucket{protocol="udp",le="3.2e-05"} 32)"));
  EXPECT_TRUE(has(R"(opentracker_request_seconds_sum{protocol="udp"} 0.00164)"));
  EXPECT_TRUE(has(R"(opentracker_request_seconds_count{protocol="udp"} 33)"));
  EXPECT_TRUE(has(R"(opentracker_request_seconds_bucket{protocol="tcp",le="0.262144"} 0)"));
  EXPECT_TRUE(has(R"(opentracker_request_seconds_count{protocol="tcp"} 1)"));
}

TEST_F(StatsMetricsTest, CountNoRequestTwiceWhenTheSocketsAreReopened) {
  first_.end_pass(Transport::udp, microseconds(20), 10);
  first_.end_pass(Transport::udp, microseconds(20), 0);
  first_.end_pass(Transport::udp, microseconds(20), 2);
  EXPECT_TRUE(has(R"(opentracker_request_seconds_count{protocol="udp"} 12)"));
}

TEST_F(StatsMetricsTest, HaveAHistogramOfSwarmsAfterARecount) {
  EXPECT_EQ(print_metrics(snapshot_).find("swarm_peers"), std::string::npos);
  WalkFindings findings;
  findings.peers = 1000;
  findings.swarm_sizes[1] = 5;
  findings.swarm_sizes[3] = 2;
  findings.swarm_sizes.back() = 1;
  snapshot_.recount = Recount{&findings, std::chrono::seconds(12)};
  EXPECT_TRUE(has(R"(opentracker_swarm_peers_bucket{le="0"} 0)"));
  EXPECT_TRUE(has(R"(opentracker_swarm_peers_bucket{le="1"} 5)"));
  EXPECT_TRUE(has(R"(opentracker_swarm_peers_bucket{le="7"} 7)"));
  EXPECT_TRUE(has(R"(opentracker_swarm_peers_bucket{le="262143"} 7)"));
  EXPECT_TRUE(has(R"(opentracker_swarm_peers_bucket{le="+Inf"} 8)"));
  EXPECT_TRUE(has("opentracker_swarm_peers_sum 1000"));
  EXPECT_TRUE(has("opentracker_recount_age_seconds 12"));
}

TEST_F(StatsMetricsTest, TellOfTheWorker) {
  snapshot_.worker = {3, 2, 1, 4, milliseconds(1500), std::nullopt, "recount", 250};
  snapshot_.worker_running = std::chrono::seconds(61);
  EXPECT_TRUE(has(R"(opentracker_worker_jobs_total{outcome="failed"} 2)"));
  EXPECT_TRUE(has("opentracker_worker_jobs_waiting 4"));
  EXPECT_TRUE(has("opentracker_worker_busy_seconds_total 1.5"));
  EXPECT_TRUE(has("opentracker_worker_running_seconds 61"));
  EXPECT_TRUE(has("opentracker_worker_progress_ratio 0.25"));
}

TEST_F(StatsMetricsTest, TellOfConnections) {
  snapshot_.tcp.closed_for_room = 3;
  snapshot_.tcp.accept_pauses = 2;
  snapshot_.tcp_connections = 17;
  EXPECT_TRUE(has(R"(opentracker_tcp_closed_total{reason="room"} 3)"));
  EXPECT_TRUE(has("opentracker_tcp_accept_pauses_total 2"));
  EXPECT_TRUE(has("opentracker_tcp_connections 17"));
}

TEST_F(StatsMetricsTest, TellOfTheAccessListIfThereIsOne) {
  EXPECT_EQ(print_metrics(snapshot_).find("access_list"), std::string::npos);
  snapshot_.list.mode = AccessMode::white;
  EXPECT_TRUE(has("opentracker_access_list_hashes 0"));
  EXPECT_EQ(print_metrics(snapshot_).find("access_list_loaded_timestamp"), std::string::npos)
      << "never read";
  snapshot_.list.file = {
      5, 1, 2, 1000, 64000, WallTime(std::chrono::seconds(1'700'000'000)), milliseconds(250)};
  snapshot_.list.changed = 6;
  snapshot_.list.fifo_added = 7;
  snapshot_.list.evicted = 8;
  EXPECT_TRUE(has("opentracker_access_list_hashes 1000"));
  EXPECT_TRUE(has("opentracker_access_list_changed_hashes 6"));
  EXPECT_TRUE(has("opentracker_access_list_loaded_timestamp_seconds 1700000000"));
  EXPECT_TRUE(has("opentracker_access_list_load_seconds 0.25"));
  EXPECT_TRUE(has(R"(opentracker_access_list_reads_total{outcome="refused"} 1)"));
  EXPECT_TRUE(has(R"(opentracker_access_list_fifo_lines_total{effect="added"} 7)"));
  EXPECT_TRUE(has("opentracker_access_list_evicted_torrents_total 8"));
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
  const WalkFindings findings;
  snapshot_.recount = Recount{&findings, std::chrono::seconds(1)};
  snapshot_.list.mode = AccessMode::white;
  snapshot_.list.file.loaded_at = WallTime{};
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
  EXPECT_GE(seen.size(), 50U);
}

}  // namespace
}  // namespace ot
