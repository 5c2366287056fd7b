#include "config/keys.h"

#include <gtest/gtest.h>

#include <set>

namespace ot {
namespace {

TEST(Keys, HaveUniqueNames) {
  std::set<std::string_view> names;
  for (const Key& key : all_keys()) EXPECT_TRUE(names.insert(key.name).second) << key.name;
}

TEST(Keys, AreFoundByTheirFullName) {
  for (const Key& key : all_keys()) EXPECT_EQ(find_key(key.name), &key);
  EXPECT_EQ(find_key("tracker"), nullptr);
  EXPECT_EQ(find_key("tracker.interval2"), nullptr);
  EXPECT_EQ(find_key(""), nullptr);
}

TEST(Keys, SayWhatToWriteAndWhatItDoes) {
  for (const Key& key : all_keys()) {
    EXPECT_FALSE(key.value.empty()) << key.name;
    EXPECT_GT(key.description.size(), 10U) << key.name;
    EXPECT_NE(key.set, nullptr) << key.name;
  }
}

TEST(Keys, AcceptTheirDefault) {
  for (const Key& key : all_keys()) {
    if (key.default_text.empty()) continue;
    Settings settings;
    EXPECT_EQ(key.set(settings, key.default_text, key.range), std::nullopt) << key.name;
  }
}

TEST(Keys, RefuseEmptyAndAbsurdValues) {
  for (const Key& key : all_keys()) {
    Settings settings;
    EXPECT_TRUE(key.set(settings, "", key.range)) << key.name;
    const std::string endless(10000, '?');
    EXPECT_TRUE(key.set(settings, endless, key.range)) << key.name;
  }
}

TEST(Keys, IncludeTheNamesOfTheReference) {
  for (const char* name :
       {"listen.tcp_udp", "listen.tcp", "listen.udp", "listen.udp.workers", "access.whitelist",
        "access.blacklist", "access.fifo_add", "access.fifo_delete", "access.stats",
        "access.stats_path", "access.proxy", "livesync.cluster.listen", "livesync.cluster.node_ip",
        "batchsync.cluster.admin_ip", "tracker.rootdir", "tracker.user", "tracker.redirect_url"})
    EXPECT_NE(find_key(name), nullptr) << name;
}

TEST(Keys, EditDistanceCountsOneForEachTypo) {
  EXPECT_EQ(edit_distance("", ""), 0U);
  EXPECT_EQ(edit_distance("abc", ""), 3U);
  EXPECT_EQ(edit_distance("", "abc"), 3U);
  EXPECT_EQ(edit_distance("interval", "intervall"), 1U);
  EXPECT_EQ(edit_distance("interval", "intrval"), 1U);
  EXPECT_EQ(edit_distance("interval", "intervak"), 1U);
  EXPECT_EQ(edit_distance("interval", "intervla"), 1U);
  EXPECT_EQ(edit_distance("interval", "INTERVAL"), 0U);
  EXPECT_EQ(edit_distance("ab", "ba"), 1U);
  EXPECT_EQ(edit_distance("abcd", "wxyz"), 4U);
}

std::string nearest(std::string_view name) {
  const Key* key = nearest_key(name);
  return key == nullptr ? "none" : std::string(key->name);
}

TEST(Keys, EditDistanceStopsCountingAtItsLimit) {
  for (size_t limit = 1; limit < 7; ++limit) {
    EXPECT_EQ(edit_distance("abcd", "wxyz", limit), std::min<size_t>(4, limit));
    EXPECT_EQ(edit_distance("abcdef", "badcfe", limit), std::min<size_t>(3, limit));
    EXPECT_EQ(edit_distance("interval", "interval", limit), 0U);
  }
}

TEST(Keys, AreGuessedFromMisspeltNames) {
  EXPECT_EQ(nearest("tracker.intervall"), "tracker.interval");
  EXPECT_EQ(nearest("tracker.Interval"), "tracker.interval");
  EXPECT_EQ(nearest("tracker_interval"), "tracker.interval");
  EXPECT_EQ(nearest("interval"), "tracker.interval");
  EXPECT_EQ(nearest("acess.whitelist"), "access.whitelist");
  EXPECT_EQ(nearest("tracker.whitelist"), "access.whitelist");
  EXPECT_EQ(nearest("listen.tcpudp"), "listen.tcp_udp");
}

TEST(Keys, DoNotMakeFarFetchedGuesses) {
  for (const char* name : {"", "x", "hello", "listen_on_everything", "peers"})
    EXPECT_EQ(nearest(name), "none") << name;
  EXPECT_EQ(nearest(std::string(5000, 'a')), "none");
}

}  // namespace
}  // namespace ot
