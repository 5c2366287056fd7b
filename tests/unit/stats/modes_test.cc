#include "stats/modes.h"

#include <gtest/gtest.h>

#include <set>

#include "base/features.h"
#include "protocol/http_reply.h"

namespace ot {
namespace {

std::string reason_for(std::string_view query, const StatsDefaults& defaults = {}) {
  const auto question = parse_stats_query(query, defaults);
  return question ? "none" : question.error().reason;
}

TEST(StatsModes, HaveNamesOfTheirOwn) {
  std::set<std::string_view> names;
  for (const StatsMode& mode : stats_modes()) EXPECT_TRUE(names.insert(mode.name).second);
}

TEST(StatsModes, AreTextOfPeersByDefault) {
  for (const char* query : {"", "x=y", "mode=peer", "mode=%70eer", "mode=peer&mode=conn",
                            "format=text", "format=text&format=json"}) {
    const auto question = parse_stats_query(query);
    ASSERT_TRUE(question) << query;
    EXPECT_EQ(question->mode->name, "peer") << query;
    EXPECT_EQ(question->format, StatsFormat::text) << query;
    EXPECT_EQ(question->content_type(), "text/plain") << query;
  }
}

TEST(StatsModes, TakeTheDefaultsOfThePath) {
  const StatsDefaults defaults{"everything", StatsFormat::json};
  EXPECT_EQ(parse_stats_query("", defaults)->mode->name, "everything");
  EXPECT_EQ(parse_stats_query("", defaults)->content_type(), "application/json");
  EXPECT_EQ(parse_stats_query("mode=conn", defaults)->format, StatsFormat::json);
  EXPECT_EQ(parse_stats_query("format=text", defaults)->format, StatsFormat::text);
}

TEST(StatsModes, ListTheValidModesWhenOneIsUnknown) {
  for (const char* mode : {"", "bogus", "PEER", "peer%20", "everythin", "%zz", "peer%00",
                           "a-word-that-is-longer-than-any-of-ours"}) {
    const std::string reason = reason_for("mode=" + std::string(mode));
    EXPECT_EQ(reason.substr(0, 43), "unknown mode; valid modes: peer, conn, tcp4") << mode;
  }
}

TEST(StatsModes, ListTheValidFormatsWhenOneIsUnknown) {
  for (const char* format : {"", "xml", "JSON", "%zz"})
    EXPECT_EQ(reason_for("format=" + std::string(format)),
              "unknown format; valid formats: text, json")
        << format;
}

TEST(StatsModes, ThatAreDumpsTakeTheFormsOfADump) {
  EXPECT_EQ(parse_stats_query("mode=statedump")->dump, DumpFormat::statedump);
  EXPECT_EQ(parse_stats_query("mode=statedump&format=text")->dump, DumpFormat::statedump);
  EXPECT_EQ(reason_for("mode=statedump&format=ben"), "unknown format; valid format: text");
  EXPECT_EQ(parse_stats_query("mode=peer")->dump, std::nullopt);
  if (!features::kFullScrape) return;
  EXPECT_EQ(parse_stats_query("mode=tpbs")->dump, DumpFormat::ben);
  EXPECT_EQ(parse_stats_query("mode=tpbs&format=txtp")->dump, DumpFormat::txtp);
  for (const char* format : {"", "text", "json", "statedump", "BIN"})
    EXPECT_EQ(reason_for("mode=tpbs&format=" + std::string(format)),
              "unknown format; valid formats: ben, bin, txt, txtp, url");
}

TEST(StatsModes, NameTheSwitchThatIsNotBuiltIn) {
  if (features::kLogNetworks) return;
  EXPECT_EQ(reason_for("mode=busy"),
            "mode busy needs the build switch WANT_LOG_NETWORKS, which is not built in");
}

TEST(StatsModes, RefuseAnAnnounceToTheWrongPath) {
  EXPECT_EQ(reason_for("mode=peer&info_hash=x").substr(0, 9), "info_hash");
}

TEST(StatsModes, RefuseInWordsThatFitAnErrorPage) {
  for (const StatsMode& mode : stats_modes())
    EXPECT_LE(reason_for("mode=" + std::string(mode.name)).size(), kMaxStatsRefusal) << mode.name;
  const std::string longest = reason_for("mode=bogus");
  EXPECT_LE(longest.size(), kMaxStatsRefusal);
  std::array<uint8_t, kMaxErrorPage> room{};
  EXPECT_FALSE(write_error_page(room, {.explanation = longest}, Persistence::close).empty());
}

Shows shown(const std::string& query) {
  const auto question = parse_stats_query(query);
  return question ? question->mode->shows : question.error().shows;
}

TEST(StatsModes, SayWhatTheyShowEvenIfTheyAreNotHere) {
  for (const std::string rest : {"", "&format=bogus", "&info_hash=x"}) {
    for (const std::string mode : {"top10", "top100", "tpbs", "statedump"})
      EXPECT_EQ(shown("mode=" + mode + rest), Shows::torrents) << mode << rest;
    for (const std::string mode : {"s24s", "busy", "woodpeckers", "fulllog"})
      EXPECT_EQ(shown("mode=" + mode + rest), Shows::networks) << mode << rest;
  }
  for (const std::string mode : {"peer", "everything", "numwants", "version", "bogus", ""})
    EXPECT_EQ(shown("mode=" + mode), Shows::sums) << mode;
}

TEST(StatsModes, PrintTextAndJsonUnlessTheyDump) {
  const Statistics statistics;
  const std::array<const Statistics*, 1> loops{&statistics};
  const WalkFindings findings;
  StatsSnapshot snapshot;
  snapshot.loops = loops;
  snapshot.version = "version";
  snapshot.walk = &findings;
  for (const StatsMode& mode : stats_modes()) {
    ASSERT_EQ(mode.text == nullptr, mode.dump.has_value()) << mode.name;
    ASSERT_EQ(mode.json == nullptr, mode.dump.has_value()) << mode.name;
    if (mode.dump) continue;
    EXPECT_NE(mode.text(snapshot), "") << mode.name;
    EXPECT_EQ(mode.json(snapshot).front(), '{') << mode.name;
  }
}

}  // namespace
}  // namespace ot
