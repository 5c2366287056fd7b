// The bounds of the TCP server: deadlines, slow readers, memory, descriptors.
#include <deque>
#include <string>

#include "line_server.h"

namespace ot {
namespace {

using loopback::Client;
using std::chrono::milliseconds;
using std::chrono::seconds;

class TcpDeadlineTest : public LineServer {};

TEST_F(TcpDeadlineTest, IsAbsoluteFromAcceptIfNothingIsSent) {
  Client client(at_);
  ASSERT_TRUE(until([&] { return server_->connections() == 1; }));
  advance(seconds(30) - milliseconds(1));
  EXPECT_EQ(server_->connections(), 1U);
  advance(milliseconds(1));
  EXPECT_EQ(server_->connections(), 0U);
  EXPECT_TRUE(client.end());
  EXPECT_EQ(counters().closed_by_timeout, 1U);
}

TEST_F(TcpDeadlineTest, IsNotMovedByBytesThatTrickleIn) {
  Client client(at_);
  for (int i = 0; i < 6; ++i) {
    client.send("x");
    ASSERT_TRUE(until([&] { return server_->buffered_bytes() == static_cast<size_t>(i) + 1; }));
    advance(i < 5 ? Duration(seconds(5)) : Duration(seconds(5) - milliseconds(1)));
  }
  EXPECT_EQ(server_->connections(), 1U);
  advance(milliseconds(1));
  EXPECT_EQ(server_->connections(), 0U);
}

TEST_F(TcpDeadlineTest, StartsAgainWithTheFirstByteOfTheNextRequest) {
  Client client(at_);
  client.send("one\n");
  ASSERT_TRUE(until([&] { return client.has("one\n"); }));
  advance(seconds(4));
  client.send("x");
  ASSERT_TRUE(until([&] { return server_->buffered_bytes() == 1; }));
  advance(seconds(29));
  EXPECT_EQ(server_->connections(), 1U);
  advance(seconds(1));
  EXPECT_EQ(server_->connections(), 0U);
  EXPECT_EQ(counters().closed_by_timeout, 1U);
}

TEST_F(TcpDeadlineTest, StartsAgainForARequestThatBeginsAfterAnother) {
  Client client(at_);
  client.send("o");
  ASSERT_TRUE(until([&] { return server_->buffered_bytes() == 1; }));
  advance(seconds(20));
  client.send("ne\nt");
  ASSERT_TRUE(until([&] { return client.has("one\n"); }));
  advance(seconds(20));
  EXPECT_EQ(server_->connections(), 1U);
  advance(seconds(10));
  EXPECT_EQ(server_->connections(), 0U);
}

TEST_F(TcpDeadlineTest, IsShortForIdleConnections) {
  Client client(at_);
  client.send("one\n");
  ASSERT_TRUE(until([&] { return client.has("one\n"); }));
  advance(seconds(4));
  client.send("two\n");
  ASSERT_TRUE(until([&] { return client.has("one\ntwo\n"); }));
  advance(seconds(5) - milliseconds(1));
  EXPECT_EQ(server_->connections(), 1U);
  advance(milliseconds(1));
  EXPECT_EQ(server_->connections(), 0U);
  EXPECT_EQ(counters().closed_idle, 1U);
  EXPECT_EQ(counters().closed_by_timeout, 0U);
}

class SlowReaderTest : public LineServer {
 protected:
  static constexpr size_t kRequests = 100;
  static constexpr int kTinyBuffer = 4096;

  void SetUp() override { serve({}, {.defer_accept_seconds = 0, .send_buffer = kTinyBuffer}); }

  // Asks for far more than all buffers of both kernels hold.
  void ask_too_much(Client& client) {
    std::string all;
    for (size_t i = 0; i < kRequests; ++i) all += "big\n";
    client.send(all);
    ASSERT_TRUE(until([&] { return server_->buffered_bytes() > Lines::kBig / 2; }));
    pass();
  }
};

TEST_F(SlowReaderTest, IsNotServedFasterThanItReads) {
  Client client(at_, kTinyBuffer);
  ask_too_much(client);
  EXPECT_LT(handler_.requests, 20);
  EXPECT_LT(server_->buffered_bytes(), 2 * Lines::kBig);
}

TEST_F(SlowReaderTest, GetsEverythingInTheEnd) {
  Client client(at_, kTinyBuffer);
  ask_too_much(client);
  ASSERT_TRUE(until([&] { return client.read().size() == kRequests * Lines::kBig; }));
  EXPECT_EQ(client.read(), std::string(kRequests * Lines::kBig, 'b'));
  EXPECT_EQ(server_->buffered_bytes(), 0U);
  client.send("next\n");
  EXPECT_TRUE(until([&] { return client.read().ends_with("bnext\n"); }));
}

TEST_F(SlowReaderTest, GetsTheWholeLastReplyBeforeTheClose) {
  Client client(at_, kTinyBuffer);
  client.send("big\nclose\nunread");
  ASSERT_TRUE(until([&] { return server_->buffered_bytes() > 0; }));
  client.send("and late");
  ASSERT_TRUE(until([&] { return client.end(); }));
  EXPECT_EQ(client.read(), std::string(Lines::kBig, 'b') + "close\n");
  EXPECT_FALSE(client.was_reset());
}

TEST_F(SlowReaderTest, IsResetWithoutProgress) {
  Client client(at_, kTinyBuffer);
  ask_too_much(client);
  // The kernels may still move a few bytes, each of which is progress.
  for (int i = 0; i < 50 && server_->connections() == 1; ++i) advance(seconds(30));
  EXPECT_EQ(server_->connections(), 0U);
  EXPECT_EQ(server_->buffered_bytes(), 0U);
  EXPECT_EQ(counters().closed_by_timeout, 1U);
  EXPECT_TRUE(client.was_reset());
}

TEST_F(SlowReaderTest, MayTakeItsTimeWhileItReads) {
  Client client(at_, kTinyBuffer);
  ask_too_much(client);
  size_t before = 0;
  for (int i = 0; i < 5; ++i) {
    advance(seconds(20));
    ASSERT_EQ(server_->connections(), 1U) << i;
    ASSERT_TRUE(until([&] { return client.read().size() > before + Lines::kBig; }));
    before = client.read().size();
  }
}

class TcpRoomTest : public LineServer {};

TEST_F(TcpRoomTest, SacrificesTheOldestIdleConnectionWhenCrowded) {
  serve({.descriptor_limit = 1});  // every descriptor is above three quarters of that
  std::deque<Client> clients;
  for (int i = 0; i < 3; ++i) {
    Client& client = clients.emplace_back(at_);
    client.send("x\n");
    ASSERT_TRUE(until([&] { return client.has("x\n"); }));
  }
  EXPECT_EQ(server_->connections(), 1U);
  EXPECT_TRUE(clients[0].end());
  EXPECT_TRUE(clients[1].end());
  EXPECT_FALSE(clients[2].end());
  EXPECT_EQ(counters().closed_for_room, 2U);
}

TEST_F(TcpRoomTest, SparesConnectionsInTheMiddleOfARequest) {
  serve({.descriptor_limit = 1});
  Client busy(at_);
  busy.send("half");
  ASSERT_TRUE(until([&] { return server_->buffered_bytes() == 4; }));
  Client other(at_);
  other.send("x\n");
  ASSERT_TRUE(until([&] { return other.has("x\n"); }));
  busy.send(" line\n");
  EXPECT_TRUE(until([&] { return busy.has("half line\n"); }));
}

TEST_F(TcpRoomTest, AcceptsAgainWhenAConnectionIsClosed) {
  std::deque<Client> clients;
  for (int i = 0; i < 6; ++i) clients.emplace_back(at_).send("half");
  const loopback::DescriptorLimit limit(3);
  ASSERT_TRUE(until([&] { return counters().accept_pauses == 1; }));
  pass();
  EXPECT_EQ(server_->connections(), 3U);
  clients[0].finish_sending();
  ASSERT_TRUE(until([&] { return counters().accepted == 4; }));
  EXPECT_EQ(server_->connections(), 3U);
}

TEST_F(TcpRoomTest, BoundsTheBytesOfAllConnections) {
  serve({.max_buffered = 2500});
  std::deque<Client> clients;
  for (size_t i = 0; i < 3; ++i) {
    clients.emplace_back(at_).send(std::string(1000, 'x'));
    ASSERT_TRUE(until([&] { return handler_.seen.size() == i + 1; }));
  }
  EXPECT_EQ(server_->buffered_bytes(), 2000U);
  EXPECT_TRUE(clients[0].was_reset());
  EXPECT_EQ(counters().closed_for_room, 1U);
  clients[2].send("\n");
  EXPECT_TRUE(until([&] { return clients[2].read().size() == 1001; }));
}

TEST_F(TcpRoomTest, SacrificesSlowReadersBeforeSlowRequests) {
  serve({.max_buffered = 70'000}, {.defer_accept_seconds = 0, .send_buffer = 4096});
  Client asking(at_);
  asking.send("half");
  ASSERT_TRUE(until([&] { return server_->buffered_bytes() == 4; }));
  std::deque<Client> deaf;
  for (int i = 0; i < 3; ++i) deaf.emplace_back(at_, 4096).send("big\nbig\nbig\n");
  ASSERT_TRUE(until([&] { return counters().closed_for_room >= 2; }));
  EXPECT_LE(server_->buffered_bytes(), 70'000U);
  asking.send(" line\n");
  EXPECT_TRUE(until([&] { return asking.has("half line\n"); }));
}

TEST_F(TcpRoomTest, HoldsNoBuffersForIdleConnections) {
  std::deque<Client> clients;
  for (int i = 0; i < 50; ++i) clients.emplace_back(at_).send("x\n");
  ASSERT_TRUE(until([&] { return handler_.requests == 50; }));
  pass();
  EXPECT_EQ(server_->connections(), 50U);
  EXPECT_EQ(server_->buffered_bytes(), 0U);
}

}  // namespace
}  // namespace ot
