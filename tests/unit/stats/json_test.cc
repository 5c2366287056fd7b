#include "stats/json.h"

#include <gtest/gtest.h>

#include "stats/modes.h"

namespace ot {
namespace {

using std::chrono::seconds;

class StatsJsonTest : public testing::Test {
 protected:
  StatsJsonTest() {
    snapshot_.loops = loops_;
    snapshot_.table = {7, 20, 5, 4096};
    snapshot_.uptime = std::chrono::seconds(7210);
    snapshot_.tracker_id = 42;
    snapshot_.version = "opentracker 1.2.3";
    snapshot_.features = "SWITCH_A SWITCH_B";
    snapshot_.walk = &findings_;
  }
  std::string report(std::string_view mode) {
    return parse_stats_query("format=json&mode=" + std::string(mode))->print(snapshot_);
  }

  Statistics loop_;
  const std::array<const Statistics*, 1> loops_{&loop_};
  WalkFindings findings_;
  StatsSnapshot snapshot_;
};

TEST_F(StatsJsonTest, PlainModesAreTheirFiguresByName) {
  loop_.record(Transport::tcp, Family::v4, Action::contact);
  loop_.record(Transport::udp, Family::v6, Action::announce);
  loop_.record(Transport::udp, Family::v6, Action::scrape);
  loop_.record_full_scrape(100);
  loop_.record_synced(3);
  const std::pair<const char*, const char*> pages[] = {
      {"peer", R"({"peers":20,"seeds":5,"torrents":7})"},
      {"torr", R"({"torrents":7})"},
      {"conn", R"({"connections":1,"successes":1,"uptime_seconds":7210})"},
      {"tcp4", R"({"connections":1,"successes":0,"uptime_seconds":7210})"},
      {"udp4", R"({"connections":0,"successes":0,"uptime_seconds":7210})"},
      {"scrp", R"({"tcp_scrapes":0,"udp_scrapes":1,"uptime_seconds":7210})"},
      {"fscr", R"({"full_scrapes":1,"full_scrape_bytes":100,"uptime_seconds":7210})"},
      {"completed", R"({"completed":0,"uptime_seconds":7210})"},
      {"syncs", R"({"synced_peers":3,"uptime_seconds":7210})"},
      {"version", R"({"version":"opentracker 1.2.3","features":["SWITCH_A","SWITCH_B"]})"},
  };
  for (const auto& [mode, page] : pages) EXPECT_EQ(report(mode), std::string(page) + "\n") << mode;
}

TEST_F(StatsJsonTest, VersionWithoutFeaturesHasAnEmptyList) {
  snapshot_.features = "";
  EXPECT_EQ(report("version"), "{\"version\":\"opentracker 1.2.3\",\"features\":[]}\n");
}

TEST_F(StatsJsonTest, HerrHasAKeyForEachReason) {
  loop_.record(HttpError::not_found);
  EXPECT_EQ(report("herr"),
            "{\"http_errors\":{\"redirect\":0,\"parse_error\":0,\"invalid_parameter\":0,"
            "\"compact_required\":0,\"not_modest\":0,\"payment_required\":0,\"access_denied\":0,"
            "\"not_found\":1,\"internal_error\":0}}\n");
}

TEST_F(StatsJsonTest, RenewIsAListByMinutes) {
  AnnounceOutcome outcome;
  outcome.change = PeerChange::renewed;
  outcome.minutes_silent = 2;
  loop_.record(outcome);
  const std::string page = report("renew");
  EXPECT_EQ(page.substr(0, 31), "{\"renewals_by_minutes\":[0,0,1,0");
  EXPECT_EQ(std::count(page.begin(), page.end(), ','), 44);
}

TEST_F(StatsJsonTest, EverythingHasEachCounterUnderItsProtocolAndFamily) {
  loop_.record(Transport::udp, Family::v6, Action::mismatch);
  snapshot_.udp = {11, 12, 13, 14};
  snapshot_.expired = {21, 22, 23};
  findings_.torrents = 31;
  findings_.swarm_sizes[2] = 32;
  snapshot_.tcp.closed_idle = 41;
  snapshot_.worker = {51, 0, 0, 0, std::chrono::milliseconds(52), std::nullopt, "recount", 53};
  snapshot_.list.file.loaded_at = WallTime(seconds(1'700'000'000));
  snapshot_.list.fifo_deleted = 61;
  snapshot_.list.journal = {62, 63, 64, 65};
  snapshot_.networks.deny = {7, 8, 9, std::nullopt};
  snapshot_.networks.proxy_file = {7, 10, 11, std::nullopt};
  loop_.record_denied(Transport::udp);
  snapshot_.dumps = {{31, 32, 33}, 34, 35, 36};
  snapshot_.state.writes = 31;
  snapshot_.state.written_at = WallTime(std::chrono::milliseconds(32'999));
  snapshot_.state.load_took = std::chrono::microseconds(33'999);
  const std::string page = report("everything");
  const char* parts[] = {
      R"({"tracker_id":42,"version":"opentracker 1.2.3","features":["SWITCH_A","SWITCH_B"],)",
      R"("uptime_seconds":7210,"peers":20,"seeds":5,"torrents":7,"table_bytes":4096,)",
      R"("not_stored":0,"martians":0,"expired_peers":21,"expired_torrents":22,)",
      R"("state":{"writes":31,"failed_writes":0,"written_at":32,"write_milliseconds":0,)",
      R"("loaded_torrents":0,"load_milliseconds":33},)",
      R"("tcp":{"v4":{"contact":0,"announce":0,"scrape":0,"refused":0},"v6":{)",
      R"("v6":{"contact":0,"connect":0,"announce":0,"scrape":0,"mismatch":1,"refused":0}},)",
      R"("full_scrape_runs":31,"full_scrapes_refused":32,"full_scrapes_reset":33,)",
      R"("full_scrapes_running":34,"full_scrapes_waiting":35,"full_scrape_shards_done":36,)",
      R"("udp_sent":12,"udp_send_errors":13,"udp_receive_drops":14,"renewals_by_minutes":[)",
      R"("internal_error":0},"recount":{"torrents":31,"peers":0,"seeds":0,"completed":0,)",
      R"("torrents_by_peers":[0,0,32,0,)",
      R"("tcp_connections":{"waiting":0,"buffered_bytes":0,"closed_by_timeout":0,"closed_idle":41,)",
      R"("worker":{"done":51,"failed":0,"cancelled":0,"waiting":0,"busy_milliseconds":52,)",
      R"("running":"recount","running_milliseconds":0,"progress_permille":53},)",
      R"("access_deny":{"connections":0,"datagrams":1,"refused_reads":8,"networks":9},)",
      R"("access_proxy_file":{"networks":11,"refused_reads":10},)",
      R"("loaded_unix_seconds":1700000000,"load_milliseconds":0,)",
      R"("fifo_deleted":61,"fifo_ignored":0,"journal_lines":62,"journal_waiting":63,)",
      R"("journal_failed_writes":64,"journal_left_out":65,"evicted_torrents":0}})"};
  size_t at = 0;
  for (const char* part : parts) {
    at = page.find(part, at);
    ASSERT_NE(at, std::string::npos) << part << "\n" << page;
  }
}

TEST_F(StatsJsonTest, RankingsAreListsOfObjects) {
  findings_.by_seeders = {{3, {{0xab}}}};
  findings_.networks24 = {{9, 0xc0000200}};
  EXPECT_EQ(report("top10"), "{\"by_peers\":[],\"by_seeds\":[{\"info_hash\":\"AB" +
                                 std::string(38, '0') + "\",\"count\":3}],\"by_leechers\":[]}\n");
  EXPECT_EQ(report("s24s"),
            "{\"networks_28\":[],\"networks_24\":[{\"network\":\"192.0.2.0/24\",\"peers\":9}]}\n");
}

TEST(JsonWriter, EscapesWhatWouldEndAString) {
  JsonWriter json;
  json.begin_object();
  json.text("a\"b", "\\\n\x01/");
  json.number("n", UINT64_MAX);
  json.end_object();
  EXPECT_EQ(json.finish(), "{\"a\\\"b\":\"\\\\\\u000a\\u0001/\",\"n\":18446744073709551615}\n");
}

}  // namespace
}  // namespace ot
