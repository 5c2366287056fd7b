#include "config/checks.h"

#include <gtest/gtest.h>

#include "base/features.h"
#include "config/configuration.h"

namespace ot {
namespace {

using std::chrono::minutes;
using std::chrono::seconds;

// The messages after "o.conf:N: key: ", or "none".
std::string said(const std::string& text) {
  const Configuration configuration = configure(text, "o.conf");
  std::string all;
  for (const ConfigError& error : configuration.errors) all += error.message + "\n";
  return all.empty() ? "none" : all;
}

bool blames(const std::string& text, const std::string& where) {
  return said(text).starts_with("o.conf:" + where + ": ");
}

TrackerSettings tracker(const std::string& text) {
  return configure(text, "o.conf").settings.tracker;
}

TEST(Checks, NameExistingKeys) {
  for (const Check& check : all_checks()) {
    EXPECT_NE(find_key(check.first), nullptr) << check.first;
    EXPECT_NE(find_key(check.second), nullptr) << check.second;
  }
  for (const DerivedDefault& derived : all_derived_defaults()) {
    EXPECT_NE(find_key(derived.key), nullptr) << derived.key;
    EXPECT_NE(find_key(derived.from), nullptr) << derived.from;
  }
}

TEST(Checks, IntervalMustBeLessThanThePeerTimeout) {
  EXPECT_EQ(said("tracker.interval 2699s\n"), "none");
  EXPECT_TRUE(blames("tracker.interval 45m\n", "1: tracker.interval"));
  EXPECT_TRUE(blames("tracker.peer_timeout 30m\n", "1: tracker.peer_timeout"));
  EXPECT_EQ(said("tracker.interval 199m\ntracker.peer_timeout 200m\n"), "none");
}

TEST(Checks, StateFileMustDifferFromOtherFiles) {
  for (const std::string key : {"tracker.load_statedump", "access.whitelist", "access.blacklist",
                                "access.fifo_add", "access.fifo_delete"}) {
    EXPECT_EQ(said("tracker.state_file ./a/b\n" + key + " a//b\n")
                  .find("o.conf:2: " + key + ": tracker.state_file (./a/b) and " + key +
                        " are the same file"),
              0U)
        << key;
    EXPECT_EQ(said("tracker.state_file a/b\n" + key + " b\n").find("are the same file"),
              std::string::npos);
  }
}

TEST(Checks, AJournalNeedsAListAndAFifo) {
  const std::string list = "access.whitelist w\n";
  const std::string fifo = "access.fifo_delete f\n";
  const std::string journal = "access.journal j\n";
  EXPECT_EQ(said(list + fifo + journal), "none");
  EXPECT_EQ(said(list + journal).find("o.conf:2: access.journal: keeps what comes by FIFO"), 0U);
  EXPECT_EQ(said(fifo + journal).find("o.conf:2: access.journal: keeps changes of a list"), 0U);
}

TEST(Checks, AJournalMustDifferFromOtherFiles) {
  const std::string needed = "access.whitelist w\naccess.fifo_add f\n";
  for (const std::string key : {"access.fifo_delete", "access.deny", "access.proxy_file",
                                "tracker.load_statedump", "tracker.state_file"}) {
    EXPECT_EQ(said(needed + key + " ./a/b\naccess.journal a//b\n")
                  .find("o.conf:4: access.journal: is the same file as " + key + " (./a/b)"),
              0U)
        << key;
  }
  EXPECT_NE(said(needed + "access.journal w\n"), "none");
  EXPECT_NE(said(needed + "access.journal f\n"), "none");
}

TEST(Checks, BlameTheKeyGivenLast) {
  EXPECT_TRUE(
      blames("tracker.interval 40m\ntracker.peer_timeout 40m\n", "2: tracker.peer_timeout"));
  EXPECT_TRUE(blames("tracker.peer_timeout 40m\ntracker.interval 40m\n", "2: tracker.interval"));
}

TEST(Checks, ThePeerTimeoutEndsAt200Minutes) {
  EXPECT_NE(said("tracker.peer_timeout 201m\n"), "none");
  EXPECT_NE(said("tracker.peer_timeout 0\n"), "none");
}

TEST(Checks, TheTorrentTimeoutEndsAt45Days) {
  EXPECT_EQ(said("tracker.torrent_timeout 45d\n"), "none");
  EXPECT_NE(said("tracker.torrent_timeout 46d\n"), "none");
}

TEST(Checks, JitterMustLeaveTheIntervalAboveZeroAndBelowThePeerTimeout) {
  EXPECT_EQ(said("tracker.interval_jitter 0\n"), "none");
  EXPECT_EQ(said("tracker.interval 10m\ntracker.interval_jitter 10m\n"), "none");
  EXPECT_TRUE(
      blames("tracker.interval 10m\ntracker.interval_jitter 11m\n", "2: tracker.interval_jitter"));
  EXPECT_EQ(said("tracker.interval_jitter 29m\n"), "none");
  EXPECT_TRUE(blames("tracker.interval_jitter 30m\n", "1: tracker.interval_jitter"));
}

TEST(Checks, MinIntervalMustNotExceedTheInterval) {
  EXPECT_EQ(said("tracker.min_interval 30m\n"), "none");
  EXPECT_TRUE(blames("tracker.min_interval 31m\n", "1: tracker.min_interval"));
}

TEST(Checks, DefaultNumwantMustNotExceedTheMaximum) {
  EXPECT_EQ(said("tracker.numwant_default 200\n"), "none");
  EXPECT_TRUE(blames("tracker.numwant_default 201\n", "1: tracker.numwant_default"));
  EXPECT_TRUE(
      blames("tracker.numwant_default 40\ntracker.numwant_max 30\n", "2: tracker.numwant_max"));
}

TEST(Checks, StatisticsPathsMustBeFree) {
  EXPECT_EQ(said("access.stats_path announced\n"), "none");
  for (const char* path : {"announce", "/scrape", "announce.php", "metrics"})
    EXPECT_TRUE(blames("access.stats_path " + std::string(path) + "\n", "1: access.stats_path"))
        << path;
}

TEST(Checks, TwoListsExcludeEachOther) {
  if (!features::kWhitelist || !features::kBlacklist) return;
  EXPECT_NE(said("access.whitelist a\naccess.blacklist b\n").find("exclude each other"),
            std::string::npos);
}

TEST(Checks, AListenerForProxiesNeedsProxies) {
  if (!features::kIpFromProxy) return;
  EXPECT_TRUE(blames("listen.tcp.proxy 127.0.0.1\n", "1: listen.tcp.proxy"));
  EXPECT_NE(said("listen.tcp.proxy 127.0.0.1\n").find("access.proxy"), std::string::npos);
  EXPECT_EQ(said("listen.tcp.proxy 127.0.0.1\naccess.proxy 127.0.0.1\n"), "none");
  EXPECT_EQ(said("access.proxy 127.0.0.1\nlisten.tcp 127.0.0.1\n"), "none");
  EXPECT_EQ(said("listen.tcp.proxy 127.0.0.1\naccess.proxy_file proxies\n"), "none");
}

TEST(Checks, UdpPayloadsStayWithinWhatHostsTakeAndAFrameCarries) {
  for (const char* key : {"tracker.udp_payload_v4 ", "tracker.udp_payload_v6 "}) {
    EXPECT_NE(said(key + std::string("507\n")), "none");
    EXPECT_EQ(said(key + std::string("508\n")), "none");
    EXPECT_EQ(said(key + std::string("1452\n")), "none");
    EXPECT_NE(said(key + std::string("1473\n")), "none");
  }
}

TEST(Checks, SkipKeysWithInvalidValues) {
  const std::string text = said("tracker.interval 9x\ntracker.min_interval 40m\n");
  EXPECT_EQ(std::count(text.begin(), text.end(), '\n'), 1) << text;
}

TEST(DerivedDefaults, FollowTheInterval) {
  EXPECT_EQ(tracker("tracker.interval 20m\n").min_interval, minutes(10));
  EXPECT_EQ(tracker("tracker.interval 20m\n").interval_jitter, minutes(6));
  EXPECT_EQ(tracker("tracker.interval 1m\n").interval_jitter, minutes(1));
  EXPECT_EQ(tracker("tracker.interval 44m\n").interval_jitter, seconds(119));
  EXPECT_EQ(tracker("tracker.numwant_max 20\n").numwant_default, 20U);
}

TEST(DerivedDefaults, YieldToGivenValues) {
  EXPECT_EQ(tracker("tracker.min_interval 1m\n").min_interval, minutes(1));
  EXPECT_EQ(tracker("tracker.numwant_default 60\n").numwant_default, 60U);
}

TEST(DerivedDefaults, AreNeverAnErrorThemselves) {
  for (int interval = 10; interval < 200 * 60; interval += 97) {
    const std::string text = "tracker.interval " + std::to_string(interval) + "s\n";
    EXPECT_EQ(said(text + "tracker.peer_timeout 200m\n"), "none") << text;
  }
}

}  // namespace
}  // namespace ot
