#include "stats/recording_query.h"

#include <gtest/gtest.h>

namespace ot {
namespace {

std::string reason_for(std::string_view query) {
  const auto parsed = parse_recording_query(query);
  return parsed ? "none" : std::string(parsed.error());
}

TEST(RecordingQuery, ChangesNothingByDefault) {
  for (const char* query : {"", "mode=fulllog", "adds=1&resets&fro=2"}) {
    const auto parsed = parse_recording_query(query);
    ASSERT_TRUE(parsed) << query;
    EXPECT_FALSE(parsed->changes()) << query;
    EXPECT_FALSE(parsed->from) << query;
  }
}

TEST(RecordingQuery, AddsANetworkOfEitherFamilyEncodedOrNot) {
  EXPECT_EQ(parse_recording_query("add=192.0.2.0/24&add=bad")->add->to_string(), "192.0.2.0/24");
  EXPECT_EQ(parse_recording_query("add=192.0.2.0%2f24")->add->to_string(), "192.0.2.0/24");
  EXPECT_EQ(parse_recording_query("add=2001:db8::/32")->add->to_string(), "2001:db8::/32");
  EXPECT_TRUE(parse_recording_query("add=192.0.2.1")->changes());
}

TEST(RecordingQuery, ResetsWithOrWithoutAValue) {
  for (const char* query : {"reset", "reset=", "reset=1", "mode=fulllog&reset"})
    EXPECT_TRUE(parse_recording_query(query)->reset) << query;
  EXPECT_TRUE(parse_recording_query("reset")->changes());
}

TEST(RecordingQuery, TakesTheNumberToStartFrom) {
  EXPECT_EQ(parse_recording_query("from=0")->from, 0U);
  EXPECT_EQ(parse_recording_query("from=18446744073709551615")->from, UINT64_MAX);
  EXPECT_FALSE(parse_recording_query("from=7")->changes());
}

TEST(RecordingQuery, NamesTheParameterThatIsWrong) {
  for (const char* value : {"", "x", "192.0.2.0/33", "192.0.2", "2001:db8::/129", "%zz", "1.2.3.4 ",
                            "192.0.2.0/24,192.0.3.0/24", "192.0.2.0/24%00"})
    EXPECT_EQ(reason_for("add=" + std::string(value)).substr(0, 4), "add:") << value;
  const std::string longer(200, '1');
  for (const std::string& value : {std::string(), std::string("-1"), std::string("x"),
                                   std::string("18446744073709551616"), longer})
    EXPECT_EQ(reason_for("from=" + value).substr(0, 5), "from:") << value;
}

}  // namespace
}  // namespace ot
