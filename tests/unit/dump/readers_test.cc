#include "dump/readers.h"

#include "unit/dump/connections.h"

namespace ot {
namespace {

constexpr size_t kMaxLag = 1000;

ReplyPiece piece(std::string_view text) {
  return std::make_shared<const std::vector<uint8_t>>(text.begin(), text.end());
}

class DumpReadersTest : public testing::Test {
 protected:
  Connections::Connection& add(uint32_t index, HttpVersion version = HttpVersion::v1_1,
                               Persistence persistence = Persistence::keep) {
    Connections::Connection& connection = port_.all[index];
    const Requester requester{.version = version, .persistence = persistence};
    readers_.add(requester.at(port_, {index, 0}));
    return connection;
  }
  // Sends a piece to everyone.
  void send(std::string_view text, bool last = false) {
    readers_.begin_piece(piece(text), last);
    while (!readers_.send_some()) {
    }
    readers_.review();
  }
  static std::string body_of(const Connections::Connection& connection) {
    return connection.received.substr(connection.received.find("\r\n\r\n") + 4);
  }

  Connections port_;
  Statistics statistics_;
  DumpCounters counters_;
  DumpReaders readers_{false, kMaxLag, statistics_, counters_};
};

TEST_F(DumpReadersTest, Http11GetsChunksAndKeepsItsConnection) {
  const auto& reader = add(1);
  send("one");
  send("two", true);
  EXPECT_TRUE(reader.received.starts_with("HTTP/1.1 200 OK\r\n")) << reader.received;
  EXPECT_NE(reader.received.find("Transfer-Encoding: chunked\r\n"), std::string::npos);
  EXPECT_EQ(body_of(reader), "3\r\none\r\n3\r\ntwo\r\n0\r\n\r\n");
  EXPECT_EQ(reader.ended, ReplyPort::End::keep);
  EXPECT_FALSE(reader.resets_unless_ended);
}

TEST_F(DumpReadersTest, AnOlderClientGetsTheBareBodyAndTheEndOfItsConnection) {
  const auto& reader = add(1, HttpVersion::v1_0, Persistence::keep_and_say);
  EXPECT_TRUE(reader.resets_unless_ended) << "from the head on, a cut body must not look complete";
  send("one");
  send("two", true);
  EXPECT_EQ(body_of(reader), "onetwo");
  EXPECT_EQ(reader.ended, ReplyPort::End::close);
}

// A chunk of no bytes would be the end of the body, and a compressor may have nothing to give.
TEST_F(DumpReadersTest, AnEmptyPieceIsNotAChunk) {
  const auto& reader = add(1);
  send("");
  send("one");
  send("", true);
  EXPECT_EQ(body_of(reader), "3\r\none\r\n0\r\n\r\n");
  EXPECT_EQ(reader.ended, ReplyPort::End::keep);
}

TEST_F(DumpReadersTest, AnEmptyBodyIsComplete) {
  const auto& chunked = add(1);
  const auto& bare = add(2, HttpVersion::v1_0);
  send("", true);
  EXPECT_EQ(body_of(chunked), "0\r\n\r\n");
  EXPECT_EQ(body_of(bare), "");
  EXPECT_TRUE(chunked.ended && bare.ended);
}

TEST_F(DumpReadersTest, GzipIsAnnouncedInTheHead) {
  DumpReaders readers(true, kMaxLag, statistics_, counters_);
  const Requester requester;
  readers.add(requester.at(port_, {1, 0}));
  EXPECT_NE(port_.all[1].received.find("Content-Encoding: gzip\r\n"), std::string::npos);
}

TEST_F(DumpReadersTest, APieceGoesToAFewReadersAPass) {
  for (uint32_t index = 0; index < 9; ++index) add(index, HttpVersion::v1_0);
  readers_.begin_piece(piece("one"), false);
  const auto sent = [this] {
    return std::count_if(port_.all.begin(), port_.all.end(),
                         [](const auto& row) { return body_of(row.second) == "one"; });
  };
  EXPECT_FALSE(readers_.send_some());
  EXPECT_EQ(sent(), 4);
  EXPECT_FALSE(readers_.send_some());
  EXPECT_TRUE(readers_.has_piece_to_send());
  EXPECT_TRUE(readers_.send_some());
  EXPECT_EQ(sent(), 9);
}

TEST_F(DumpReadersTest, AReaderEndsWhenItHasTakenEverything) {
  auto& slow = add(1, HttpVersion::v1_0);
  const auto& fast = add(2, HttpVersion::v1_0);
  slow.appetite = 10;
  send("one", true);
  EXPECT_TRUE(fast.ended);
  EXPECT_FALSE(slow.ended);
  EXPECT_EQ(statistics_.full_scrapes(), 1U);
  EXPECT_EQ(readers_.left(), slow.received.size() - 10);
  slow.appetite = SIZE_MAX;
  readers_.review();
  EXPECT_TRUE(slow.ended);
  EXPECT_TRUE(readers_.empty());
  EXPECT_EQ(statistics_.full_scrapes(), 2U);
  EXPECT_EQ(statistics_.full_scrape_bytes(), 6U);
}

TEST_F(DumpReadersTest, BacklogIsTheFastestsAndHeldTheSlowests) {
  auto& fast = add(1, HttpVersion::v1_0);
  auto& slow = add(2, HttpVersion::v1_0);
  const size_t head = fast.received.size();
  fast.appetite = head + 70;
  slow.appetite = head + 10;
  send(std::string(100, 'x'));
  EXPECT_EQ(readers_.backlog(), 30U);
  EXPECT_EQ(readers_.taken(), 70U);
  EXPECT_EQ(readers_.held(), 90U);
  EXPECT_EQ(readers_.left(), 120U);
}

TEST_F(DumpReadersTest, OneThatIsTooFarBehindTheFastestIsReset) {
  auto& fast = add(1, HttpVersion::v1_0);
  auto& slow = add(2, HttpVersion::v1_0);
  slow.appetite = slow.received.size();
  send(std::string(kMaxLag, 'x'));
  EXPECT_FALSE(slow.was_reset) << "just as far as allowed";
  send("x");
  EXPECT_TRUE(slow.was_reset);
  EXPECT_FALSE(fast.is_over());
  EXPECT_EQ(counters_.reset, 1U);
  EXPECT_EQ(readers_.size(), 1U);
}

TEST_F(DumpReadersTest, OneThatLeavesIsDroppedAndTheOthersGetTheRest) {
  auto& leaver = add(1, HttpVersion::v1_0);
  const auto& stayer = add(2, HttpVersion::v1_0);
  send("one");
  leaver.gone = true;
  send("two", true);
  EXPECT_EQ(body_of(leaver), "one");
  EXPECT_EQ(body_of(stayer), "onetwo");
  EXPECT_EQ(statistics_.full_scrapes(), 1U);
  EXPECT_EQ(counters_.reset, 0U);
}

TEST_F(DumpReadersTest, ResetAllLeavesNobody) {
  const auto& one = add(1);
  const auto& other = add(2, HttpVersion::v1_0);
  send("one");
  readers_.reset_all();
  EXPECT_TRUE(one.was_reset && other.was_reset);
  EXPECT_TRUE(readers_.empty());
  EXPECT_EQ(counters_.reset, 2U);
  EXPECT_EQ(statistics_.full_scrapes(), 0U);
}

}  // namespace
}  // namespace ot
