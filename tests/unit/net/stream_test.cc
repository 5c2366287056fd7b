#include "net/stream.h"

#include <gtest/gtest.h>

#include <array>
#include <string>
#include <vector>

namespace ot {
namespace {

class Collector final : public OutputSink {
 public:
  void write(ByteView bytes, bool last) override {
    writes.emplace_back(as_text(bytes));
    ended = ended || last;
  }
  std::vector<std::string> writes;
  bool ended = false;
};

class OutputBufferTest : public ::testing::Test {
 protected:
  std::string pending() { return std::string(as_text(out_.pending())); }

  std::array<uint8_t, 16> memory_{};
  Collector sink_;
  OutputBuffer out_{memory_, sink_};
};

void put(ByteSpan room, std::string_view text) { ByteWriter(room).text(text); }

TEST_F(OutputBufferTest, GathersReplies) {
  EXPECT_TRUE(out_.append(as_bytes("one ")));
  EXPECT_TRUE(out_.append(as_bytes("two")));
  EXPECT_EQ(pending(), "one two");
  EXPECT_TRUE(sink_.writes.empty());
  out_.flush(true);
  EXPECT_EQ(sink_.writes, std::vector<std::string>{"one two"});
  EXPECT_TRUE(sink_.ended);
  EXPECT_EQ(pending(), "");
}

TEST_F(OutputBufferTest, LetsABodyBeWrittenBeforeItsHead) {
  const ByteSpan room = out_.reserve(10);
  ASSERT_EQ(room.size(), 10U);
  put(room.subspan(5), "body");
  put(room.subspan(3), "h:");
  out_.commit(3, 6);
  EXPECT_EQ(pending(), "h:body");
}

TEST_F(OutputBufferTest, ClosesTheGapAfterAnEarlierReply) {
  EXPECT_TRUE(out_.append(as_bytes("first ")));
  const ByteSpan room = out_.reserve(10);
  put(room.subspan(4), "second");
  out_.commit(4, 6);
  EXPECT_EQ(pending(), "first second");
}

TEST_F(OutputBufferTest, UsesTheRoomAfterAGap) {
  put(out_.reserve(10).subspan(8), "ab");
  out_.commit(8, 2);
  EXPECT_EQ(out_.reserve(6).size(), 6U);
  EXPECT_TRUE(sink_.writes.empty());
}

TEST_F(OutputBufferTest, SendsCommittedBytesThatAreInTheWay) {
  EXPECT_TRUE(out_.append(as_bytes("0123456789")));
  EXPECT_TRUE(out_.append(as_bytes("abcdefg")));
  EXPECT_EQ(sink_.writes, std::vector<std::string>{"0123456789"});
  EXPECT_FALSE(sink_.ended);
  EXPECT_EQ(pending(), "abcdefg");
}

TEST_F(OutputBufferTest, RefusesMoreThanItsCapacity) {
  EXPECT_TRUE(out_.append(as_bytes("kept")));
  EXPECT_TRUE(out_.reserve(17).empty());
  EXPECT_FALSE(out_.append(as_bytes("01234567890123456")));
  EXPECT_EQ(pending(), "kept");
  EXPECT_EQ(out_.reserve(16).size(), 16U);
}

TEST_F(OutputBufferTest, WritesNothingForNothing) {
  out_.flush(true);
  EXPECT_TRUE(out_.append({}));
  EXPECT_TRUE(sink_.writes.empty());
}

}  // namespace
}  // namespace ot
