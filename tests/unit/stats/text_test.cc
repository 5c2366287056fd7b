#include "stats/text.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "unit/stats/two_loops.h"

namespace ot {
namespace {

using std::chrono::seconds;
using StatsTextTest = TwoLoops;

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

TEST_F(StatsTextTest, CompletedIsPerHourAndTheFirstHourCountsAsAWholeOne) {
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

TEST_F(StatsTextTest, RenewIsALineForEachMinute) {
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

}  // namespace
}  // namespace ot
