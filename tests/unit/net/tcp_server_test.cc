#include "net/tcp_server.h"

#include <algorithm>
#include <deque>
#include <vector>

#include "loopback.h"

namespace ot {
namespace {

using loopback::Client;
using loopback::pump;
using loopback::settle;
using std::chrono::milliseconds;
using std::chrono::seconds;

// A request is a line. "big" is answered with kBig bytes, "close" ends the connection, every other
// line comes back.
class Lines final : public StreamHandler {
 public:
  static constexpr size_t kBig = 60000;

  StreamVerdict on_bytes(const Endpoint& peer, ByteView input, size_t already_seen,
                         OutputBuffer& out) override {
    last_peer = peer;
    EXPECT_LE(already_seen, input.size());
    EXPECT_EQ(as_text(input.first(already_seen)).find('\n'), std::string_view::npos);
    seen.push_back(already_seen);
    const size_t end = as_text(input).find('\n');
    if (end == std::string_view::npos) return StreamVerdict::need_more();
    ++requests;
    const std::string_view line = as_text(input).substr(0, end + 1);
    if (line == "big\n") {
      const ByteSpan room = out.reserve(kBig);
      std::ranges::fill(room, uint8_t{'b'});
      out.commit(0, kBig);
      return StreamVerdict::keep(line.size());
    }
    EXPECT_TRUE(out.append(as_bytes(line)));
    return line == "close\n" ? StreamVerdict::close(line.size()) : StreamVerdict::keep(line.size());
  }

  Endpoint last_peer;
  std::vector<size_t> seen;
  int requests = 0;
};

class TcpServerTest : public ::testing::Test {
 protected:
  // Replaces the server by one with other options.
  void serve(const TcpOptions& options, const TcpListenOptions& listen = no_waiting()) {
    server_ = std::make_unique<TcpServer>(*loop_, handler_, options);
    auto listener = listen_tcp(loopback::endpoint("127.0.0.1"), listen);
    at_ = local_endpoint(listener->get()).value();
    ASSERT_TRUE(server_->add_listener(std::move(*listener)).has_value());
  }
  void SetUp() override { serve({}); }

  static TcpListenOptions no_waiting() { return {.defer_accept_seconds = 0}; }

  bool until(const std::function<bool()>& done) { return pump(*loop_, done); }
  // Until every byte sent has been received by the server.
  void pass() { settle(*loop_); }
  void advance(Duration by) {
    clock_.advance(by);
    pass();
  }
  [[nodiscard]] TcpCounters counters() const { return server_->counters(); }

  ManualClock clock_;
  const std::unique_ptr<EventLoop> loop_ = loopback::make_loop(clock_);
  Lines handler_;
  std::unique_ptr<TcpServer> server_;
  Endpoint at_;
};

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

TEST_F(TcpServerTest, ServesWhoHasFinishedSending) {
  Client client(at_);
  client.send("one\ntwo\nclose\n");
  client.finish_sending();
  ASSERT_TRUE(until([&] { return client.end(); }));
  EXPECT_TRUE(client.has("one\ntwo\nclose\n"));
  EXPECT_FALSE(client.was_reset());
}

TEST_F(TcpServerTest, ServesManyRequestsOfWhoHasFinishedSending) {
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
