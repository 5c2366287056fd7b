#include "net/tcp_server.h"

#include <string>

#include "line_server.h"

namespace ot {
namespace {

using loopback::Client;
using std::chrono::milliseconds;
using std::chrono::seconds;

class TcpServerTest : public LineServer {};

TEST_F(TcpServerTest, AnswersAndClosesAtOnce) {
  serve({}, {});
  Client client(at_);
  client.send("close\n");
  ASSERT_TRUE(until([&] { return counters().accepted == 1; }));
  EXPECT_EQ(server_->connections(), 0U) << "no state for a request that came whole";
  EXPECT_TRUE(client.has("close\n"));
  EXPECT_TRUE(client.end());
  EXPECT_FALSE(client.was_reset());
  EXPECT_EQ(handler_.last_peer.address, at_.address);
}

TEST_F(TcpServerTest, ServesIpv6) {
  auto listener = listen_tcp(loopback::endpoint("::1"));
  const Endpoint at = local_endpoint(listener->get()).value();
  ASSERT_TRUE(server_->add_listener(std::move(*listener)).has_value());
  Client client(at);
  client.send("close\n");
  EXPECT_TRUE(until([&] { return client.has("close\n") && client.end(); }));
  EXPECT_EQ(handler_.last_peer.address, at.address);
}

TEST_F(TcpServerTest, KeepsTheReplyWhenInputIsLeftUnread) {
  for (const size_t surplus : {size_t{1}, size_t{10'000}, size_t{100'000}}) {
    Client client(at_);
    client.send("close\n" + std::string(surplus, 'x'));
    ASSERT_TRUE(until([&] { return client.end(); })) << surplus;
    EXPECT_TRUE(client.has("close\n"));
    EXPECT_FALSE(client.was_reset()) << surplus;
    client.close();
    ASSERT_TRUE(until([&] { return server_->connections() == 0; }));
  }
}

TEST_F(TcpServerTest, DrainsForABoundedTime) {
  Client client(at_);
  client.send("close\nx");
  ASSERT_TRUE(until([&] { return client.end(); }));
  EXPECT_EQ(server_->connections(), 1U);
  advance(milliseconds(1999));
  EXPECT_EQ(server_->connections(), 1U);
  advance(milliseconds(1));
  EXPECT_EQ(server_->connections(), 0U);
}

TEST_F(TcpServerTest, DrainsABoundedAmount) {
  Client client(at_);
  client.send("close\nx");
  const std::string flood(64 << 10, 'x');
  EXPECT_TRUE(until([&] {
    client.send(flood);
    return counters().accepted == 1 && server_->connections() == 0;
  }));
  EXPECT_TRUE(client.has("close\n"));
}

TEST_F(TcpServerTest, KeepsAConnectionThatWantsMore) {
  Client client(at_);
  for (const char* line : {"one\n", "two\n", "three\n"}) {
    const std::string before = client.read();
    client.send(line);
    ASSERT_TRUE(until([&] { return client.has(before + line); }));
    EXPECT_EQ(server_->buffered_bytes(), 0U);
  }
  EXPECT_EQ(server_->connections(), 1U);
  client.close();
  EXPECT_TRUE(until([&] { return server_->connections() == 0; }));
}

TEST_F(TcpServerTest, AnswersPipelinedRequestsInOrder) {
  std::string sixteen;
  for (int i = 0; i < 16; ++i) sixteen += std::to_string(i) + "\n";
  Client client(at_);
  client.send(sixteen);
  ASSERT_TRUE(until([&] { return client.has(sixteen); }));
  client.send(sixteen + "half");
  ASSERT_TRUE(until([&] { return client.has(sixteen + sixteen); }));
  client.send(" line\n");
  ASSERT_TRUE(until([&] { return client.has(sixteen + sixteen + "half line\n"); }));
  EXPECT_EQ(counters().requests, 33U);
}

TEST_F(TcpServerTest, CountsNoSeenBytesForTheNextRequest) {
  Client client(at_);
  client.send("half");
  ASSERT_TRUE(until([&] { return handler_.seen.size() == 1; }));
  client.send("\nx\n");
  ASSERT_TRUE(until([&] { return client.has("half\nx\n"); }));
  EXPECT_EQ(handler_.seen, (std::vector<size_t>{0, 4, 0}));
}

TEST_F(TcpServerTest, StopsAtTheRequestThatCloses) {
  Client client(at_);
  client.send("one\nclose\ntwo\n");
  ASSERT_TRUE(until([&] { return client.end(); }));
  EXPECT_TRUE(client.has("one\nclose\n"));
  EXPECT_EQ(handler_.requests, 2);
}

TEST_F(TcpServerTest, TakesARequestByteByByte) {
  Client client(at_);
  const std::string_view line = "slow\n";
  for (size_t i = 0; i < line.size(); ++i) {
    client.send(line.substr(i, 1));
    ASSERT_TRUE(until([&] { return handler_.seen.size() == i + 1; }));
  }
  EXPECT_EQ(handler_.seen, (std::vector<size_t>{0, 1, 2, 3, 4}));
  EXPECT_TRUE(until([&] { return client.has("slow\n"); }));
}

TEST_F(TcpServerTest, ServesAClientThatHasFinishedSending) {
  Client client(at_);
  client.send("one\ntwo\nclose\n");
  client.finish_sending();
  ASSERT_TRUE(until([&] { return client.end(); }));
  EXPECT_TRUE(client.has("one\ntwo\nclose\n"));
  EXPECT_FALSE(client.was_reset());
}

TEST_F(TcpServerTest, ServesManyRequestsOfAClientThatHasFinishedSending) {
  std::string lines;
  for (int i = 0; i < 300; ++i) lines += "line\n";
  Client client(at_);
  client.send(lines);
  client.finish_sending();
  ASSERT_TRUE(until([&] { return client.end(); }));
  EXPECT_TRUE(client.has(lines));
}

TEST_F(TcpServerTest, ForgetsAnUnfinishedRequestWhenTheClientLeaves) {
  Client client(at_);
  client.send("unfinished");
  ASSERT_TRUE(until([&] { return server_->buffered_bytes() == 10; }));
  client.finish_sending();
  ASSERT_TRUE(until([&] { return server_->connections() == 0; }));
  EXPECT_EQ(server_->buffered_bytes(), 0U);
  EXPECT_TRUE(client.has(""));
}

TEST_F(TcpServerTest, GivesEachConnectionItsShareOfAPass) {
  serve({.requests_per_wake = 10});
  Client greedy(at_);
  Client modest(at_);
  std::string lines;
  for (int i = 0; i < 35; ++i) lines += "g\n";
  greedy.send(lines);
  modest.send("m\n");
  loop_->run_once(seconds(1));
  EXPECT_EQ(handler_.requests, 11);
  for (const int expected : {21, 31, 36}) {
    loop_->run_once(seconds(1));
    EXPECT_EQ(handler_.requests, expected);
  }
  EXPECT_TRUE(until([&] { return greedy.has(lines) && modest.has("m\n"); }));
}

TEST_F(TcpServerTest, ClosesWhatTheHandlerCannotEndInTime) {
  serve({.max_input = 100});
  Client client(at_);
  client.send(std::string(99, 'x'));
  pass();
  EXPECT_EQ(server_->connections(), 1U);
  client.send("x");
  EXPECT_TRUE(until([&] { return server_->connections() == 0; }));
}

TEST_F(TcpServerTest, ClosesEverythingWhenDestroyed) {
  Client idle(at_);
  Client unfinished(at_);
  idle.send("x\n");
  unfinished.send("x");
  ASSERT_TRUE(until([&] { return server_->connections() == 2 && handler_.requests == 1; }));
  server_.reset();
  EXPECT_TRUE(idle.end());
  EXPECT_TRUE(unfinished.end());
  pass();
}

TEST_F(TcpServerTest, StopsListeningAndLetsRequestsThatHaveBegunEnd) {
  Client idle(at_);
  Client unfinished(at_);
  idle.send("x\n");
  unfinished.send("x");
  ASSERT_TRUE(until([&] { return server_->connections() == 2 && handler_.requests == 1; }));
  server_->stop_listening();
  EXPECT_TRUE(idle.end());
  EXPECT_EQ(server_->connections(), 1U);
  unfinished.send("y\n");
  EXPECT_TRUE(until([&] { return unfinished.has("xy\n") && unfinished.end(); }));
  EXPECT_FALSE(unfinished.was_reset());
  EXPECT_EQ(server_->connections(), 0U);
  const UniqueFd late(::socket(AF_INET, SOCK_STREAM, 0));
  SocketAddress address;
  const socklen_t size = to_socket_address(at_, address);
  EXPECT_NE(connect(late.get(), &address.any, size), 0);
}

TEST_F(TcpServerTest, LeavesTheBacklogOfASharedListenerToTheOthers) {
  auto listener = listen_tcp(loopback::endpoint("127.0.0.1"), no_waiting());
  const Endpoint at = local_endpoint(listener->get()).value();
  const UniqueFd shared(dup(listener->get()));
  ASSERT_TRUE(server_->add_listener(std::move(*listener)).has_value());
  server_->stop_listening();
  Client client(at);
  client.send("x\n");
  pass();
  EXPECT_FALSE(client.end());
  EXPECT_EQ(counters().accepted, 0U);
  const UniqueFd accepted(accept(shared.get(), nullptr, nullptr));
  EXPECT_TRUE(accepted);
}

TEST_F(TcpServerTest, SurvivesClientsThatReset) {
  for (int i = 0; i < 20; ++i) {
    Client client(at_);
    client.send("big\nbig\nbig\nbig\nbig\n");
    loop_->run_once(milliseconds(1));
    client.close();  // with unread replies: a reset
    pass();
  }
  EXPECT_EQ(server_->connections(), 0U);
  EXPECT_EQ(server_->buffered_bytes(), 0U);
}

}  // namespace
}  // namespace ot
