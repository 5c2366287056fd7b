#include "stats/text.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "stats/modes.h"

namespace ot {
namespace {

using std::chrono::seconds;

class StatsTextTest : public testing::Test {
 protected:
  StatsTextTest() {
    snapshot_.loops = loops_;
    snapshot_.table.torrents = 7;
    snapshot_.table.peers = 20;
    snapshot_.table.seeders = 5;
    snapshot_.torrents_counted = 8;
    snapshot_.uptime = seconds(7210);
    snapshot_.tracker_id = 42;
    snapshot_.version = "opentracker 1.2.3 (abc)";
    snapshot_.features = "SWITCH_A SWITCH_B";
    findings_.torrents = 9;
    snapshot_.walk = &findings_;
  }

  static void record(Statistics& loop, Transport transport, Family family, Action action,
                     int times) {
    for (int i = 0; i < times; ++i) loop.record(transport, family, action);
  }
  // Both loops, both families, all different, so that no sum is right by accident.
  void record_some() {
    for (const Transport transport : {Transport::tcp, Transport::udp}) {
      const int more = transport == Transport::udp ? 1000 : 0;
      record(first_, transport, Family::v4, Action::contact, 20000 + more);
      record(second_, transport, Family::v4, Action::contact, 4000);
      record(second_, transport, Family::v6, Action::contact, 300);
      record(first_, transport, Family::v4, Action::announce, 10000 + more);
      record(second_, transport, Family::v6, Action::announce, 50);
    }
    record(first_, Transport::udp, Family::v4, Action::connect, 7);
    record(second_, Transport::udp, Family::v6, Action::connect, 3);
    record(first_, Transport::tcp, Family::v4, Action::scrape, 6000);
    record(second_, Transport::tcp, Family::v6, Action::scrape, 2);
    record(second_, Transport::udp, Family::v4, Action::scrape, 9000);
    record(first_, Transport::udp, Family::v4, Action::mismatch, 11);
  }
  std::string report(std::string_view mode) {
    return parse_stats_query("mode=" + std::string(mode))->print(snapshot_);
  }

  Statistics first_;
  Statistics second_;
  const std::array<const Statistics*, 2> loops_{&first_, &second_};
  WalkFindings findings_;
  StatsSnapshot snapshot_;
};

TEST_F(StatsTextTest, PeerIsPeersSeedsAndTorrentsWithoutANewlineAtTheEnd) {
  EXPECT_EQ(report("peer"), "20\n5\nopentracker serving 7 torrents\nopentracker");
}

TEST_F(StatsTextTest, TorrIsTorrentsAndZero) {
  EXPECT_EQ(report("torr"), "7\n0\nopentracker serving 7 torrents\nopentracker");
}

TEST_F(StatsTextTest, ConnIsAllConnectionsAndSuccessesOfAllLoopsAndFamilies) {
  record_some();
  EXPECT_EQ(report("conn"),
            "49600\n21110\n7210 seconds (2 hours)\n"
            "opentracker connections, 6 conns/s :: 2 success/s.");
}

TEST_F(StatsTextTest, Tcp4AndUdp4LeaveIpv6Out) {
  record_some();
  EXPECT_EQ(report("tcp4"),
            "24000\n10000\n7210 seconds (2 hours)\n"
            "opentracker tcp4 stats, 3 conns/s :: 1 success/s.");
  EXPECT_EQ(report("udp4"),
            "25000\n11007\n7210 seconds (2 hours)\n"
            "opentracker udp4 stats, 3 conns/s :: 1 success/s.");
}

TEST_F(StatsTextTest, ScrpIsScrapesOverTcpAndUdp) {
  record_some();
  EXPECT_EQ(report("scrp"),
            "6002\n9000\n7210 seconds (2 hours)\n"
            "opentracker scrape stats, 2 scrape/s (tcp and udp)");
}

TEST_F(StatsTextTest, CountsPerSecondInTheFirstSecondToo) {
  snapshot_.uptime = seconds(0);
  record(first_, Transport::tcp, Family::v4, Action::contact, 5);
  EXPECT_EQ(report("conn"),
            "5\n0\n0 seconds (0 hours)\n"
            "opentracker connections, 5 conns/s :: 0 success/s.");
}

TEST_F(StatsTextTest, VersionIsOneLine) {
  EXPECT_EQ(report("version"), "opentracker 1.2.3 (abc) SWITCH_A SWITCH_B\n");
}

TEST_F(StatsTextTest, VersionWithoutFeaturesEndsWithoutASpace) {
  snapshot_.features = "";
  EXPECT_EQ(report("version"), "opentracker 1.2.3 (abc)\n");
}

TEST_F(StatsTextTest, FscrIsThousandthsOfFullScrapesAndBytes) {
  first_.record_full_scrape(50000);
  second_.record_full_scrape(22100);
  EXPECT_EQ(report("fscr"),
            "2000\n72100\n7210 seconds (2 hours)\n"
            "opentracker full scrape stats, 0 conns/s :: 10 bytes/s.");
}

TEST_F(StatsTextTest, CompletedCountsByWholeHoursAndInTheFirstHourAsIfItWereOver) {
  AnnounceOutcome outcome;
  outcome.completed = true;
  for (int i = 0; i < 9; ++i) second_.record(outcome);
  EXPECT_EQ(report("completed"), "9\n0\n7210 seconds (2 hours)\nopentracker, 4 completed/h.");
  snapshot_.uptime = seconds(20);
  EXPECT_EQ(report("completed"), "9\n0\n20 seconds (0 hours)\nopentracker, 9 completed/h.");
}

TEST_F(StatsTextTest, SyncsHasTheSentenceOfAllConnections) {
  record_some();
  first_.record_synced(30);
  second_.record_synced(4);
  EXPECT_EQ(report("syncs"),
            "34\n0\n7210 seconds (2 hours)\n"
            "opentracker connections, 6 conns/s :: 2 success/s.");
}

TEST_F(StatsTextTest, RenewIsALineAMinute) {
  AnnounceOutcome outcome;
  outcome.change = PeerChange::renewed;
  outcome.minutes_silent = 7;
  first_.record(outcome);
  second_.record(outcome);
  const std::string page = report("renew");
  EXPECT_EQ(std::count(page.begin(), page.end(), '\n'), 45);
  EXPECT_EQ(page.substr(0, 10), "00 0\n01 0\n");
  EXPECT_NE(page.find("\n06 0\n07 2\n08 0\n"), std::string::npos);
  EXPECT_EQ(page.substr(page.size() - 5), "44 0\n");
}

TEST_F(StatsTextTest, HerrHasTheSevenLinesScriptsKnow) {
  int times = 0;
  for (size_t row = 0; row < kHttpErrors; ++row) {
    ++times;
    for (int i = 0; i < times; ++i) first_.record(static_cast<HttpError>(row));
  }
  EXPECT_EQ(report("herr"),
            "302 RED 1\n400 ... 2\n400 PAR 3\n400 COM 4\n403 IP  7\n404 INV 8\n500 SRV 9\n");
}

TEST_F(StatsTextTest, Top10IsThreeListsOfAtMostTenTorrents) {
  WalkFindings findings;
  for (uint8_t i = 0; i < 11; ++i) findings.by_peers.push_back({200U - i, {{i}}});
  findings.by_leechers = {{5, {{0xab}}}};
  snapshot_.walk = &findings;
  const std::string page = report("top10");
  const std::string zeros(38, '0');
  EXPECT_EQ(page.substr(0, 26 + 46), "Top 10 torrents by peers:\n\t200\t00" + zeros + "\n");
  EXPECT_NE(page.find("\t191\t09" + zeros +
                      "\nTop 10 torrents by seeds:\nTop 10 torrents by "
                      "leechers:\n\t5\tAB" +
                      zeros + "\n"),
            std::string::npos)
      << page;
  EXPECT_NE(report("top100").find("\t190\t0A" + zeros + "\nTop 100 torrents by seeds:\n"),
            std::string::npos);
}

TEST_F(StatsTextTest, S24sIsTwoBlocksOfNetworks) {
  WalkFindings findings;
  findings.networks28 = {{120, 0x7f000010}, {3, 0xc0000200}};
  findings.networks24 = {{123456789, 0x7f000000}};
  snapshot_.walk = &findings;
  EXPECT_EQ(report("s24s"),
            "Networks, limit /28:\n00000120: 127.0.0.16\n00000003: 192.0.2.0\n\n"
            "Networks, limit /24:\n123456789: 127.0.0.0\n\n");
}

constexpr std::string_view kEverythingBegins =
    R"xml(<?xml version="1.0" encoding="UTF-8"?>
<stats>
  <tracker_id>42</tracker_id>
  <version>
opentracker 1.2.3 (abc) SWITCH_A SWITCH_B
  </version>
  <uptime>7210</uptime>
  <torrents>
    <count_mutex>8</count_mutex>
    <count_iterator>9</count_iterator>
  </torrents>
  <peers>
    <count>20</count>
  </peers>
  <seeds>
    <count>5</count>
  </seeds>
  <completed>
    <count>1</count>
  </completed>
  <connections>
    <tcp>
      <accept>24300</accept>
      <announce>10050</announce>
      <scrape>6002</scrape>
    </tcp>
    <udp>
      <overall>25300</overall>
      <connect>10</connect>
      <announce>11050</announce>
      <scrape>9000</scrape>
      <missmatch>11</missmatch>
    </udp>
    <livesync>
      <count>0</count>
    </livesync>
  </connections>
  <debug>
    <renew>
      <count interval="00">0</count>
)xml";

constexpr std::string_view kEverythingEnds =
    R"xml(      <count interval="44">1</count>
    </renew>
    <http_error>
      <count code="302 Redirect">0</count>
      <count code="400 Parse Error">0</count>
      <count code="400 Invalid Parameter">0</count>
      <count code="400 Invalid Parameter (compact=0)">0</count>
      <count code="400 Not Modest">0</count>
      <count code="402 Payment Required">0</count>
      <count code="403 Access Denied">0</count>
      <count code="404 Not found">2</count>
      <count code="500 Internal Server Error">0</count>
    </http_error>
    <mutex_stall>
      <count>0</count>
    </mutex_stall>
  </debug>
</stats>)xml";

TEST_F(StatsTextTest, EverythingIsTheReferencesDocumentByteForByte) {
  record_some();
  AnnounceOutcome late;
  late.change = PeerChange::renewed;
  late.minutes_silent = 90;
  late.completed = true;
  second_.record(late);
  first_.record(HttpError::not_found);
  second_.record(HttpError::not_found);
  const std::string document = report("everything");
  EXPECT_EQ(document.substr(0, kEverythingBegins.size()), kEverythingBegins);
  ASSERT_GE(document.size(), kEverythingEnds.size());
  EXPECT_EQ(document.substr(document.size() - kEverythingEnds.size()), kEverythingEnds);
  EXPECT_EQ(std::count(document.begin(), document.end(), '\n'), 100);
}

TEST_F(StatsTextTest, EverythingHasOneRowAMinuteOfRenewals) {
  for (uint8_t minutes = 0; minutes < Statistics::kRenewRows; ++minutes) {
    AnnounceOutcome outcome;
    outcome.change = PeerChange::renewed;
    outcome.minutes_silent = minutes;
    for (int i = 0; i <= minutes; ++i) first_.record(outcome);
  }
  const std::string document = report("everything");
  for (size_t row = 0; row < Statistics::kRenewRows; ++row) {
    const std::string minutes = (row < 10 ? "0" : "") + std::to_string(row);
    const std::string line =
        "\n      <count interval=\"" + minutes + "\">" + std::to_string(row + 1) + "</count>\n";
    EXPECT_NE(document.find(line), std::string::npos) << line;
  }
}

}  // namespace
}  // namespace ot
