// Connections on a listener with an introducer: what comes before the first request.
#include <gtest/gtest.h>

#include "line_server.h"

namespace ot {
namespace {

using loopback::Client;
using std::chrono::seconds;

// "from PORT!" introduces a client at 192.0.2.1:PORT, "self!" the proxy; anything else is refused.
class Herald final : public Introducer {
 public:
  bool trusts(const Endpoint&) override { return trusting; }
  Introduction on_introduction(const Endpoint& socket, ByteView input) override {
    ++calls;
    last_socket = socket;
    const std::string_view text = as_text(input);
    if (!text.starts_with("from ") && !text.starts_with("self")) {
      const bool may_become = std::string_view("from ").starts_with(text);
      return {may_become ? Introduction::Status::need_more : Introduction::Status::refused};
    }
    const size_t end = text.find('!');
    if (end == std::string_view::npos) return {Introduction::Status::need_more};
    if (text.starts_with("self")) return {Introduction::Status::complete, end + 1};
    const auto port = static_cast<uint16_t>(std::stoul(std::string(text.substr(5, end - 5))));
    return {Introduction::Status::complete, end + 1, loopback::endpoint("192.0.2.1", port)};
  }

  bool trusting = true;
  int calls = 0;
  Endpoint last_socket;
};

class IntroductionTest : public LineServer {
 protected:
  void SetUp() override { serve({}, no_waiting(), &herald_); }

  Herald herald_;
};

TEST_F(IntroductionTest, IsReadOnceAndItsClientIsThatOfEveryRequest) {
  Client client(at_);
  client.send("from 7!one\n");
  ASSERT_TRUE(until([&] { return client.has("one\n"); }));
  EXPECT_EQ(handler_.last_client, loopback::endpoint("192.0.2.1", 7));
  EXPECT_EQ(handler_.last_peer.address, at_.address);
  client.send("from 8!two\n");
  ASSERT_TRUE(until([&] { return client.has("one\nfrom 8!two\n"); })) << "a request like any other";
  EXPECT_EQ(handler_.last_client, loopback::endpoint("192.0.2.1", 7));
  EXPECT_EQ(herald_.calls, 1);
  EXPECT_EQ(herald_.last_socket.address, at_.address);
}

TEST_F(IntroductionTest, AndRequestMayBeCutAnywhere) {
  const std::string stream = "from 12!one\ntwo\n";
  for (size_t cut = 1; cut < stream.size(); ++cut) {
    Client client(at_);
    client.send(stream.substr(0, cut));
    pass();
    client.send(stream.substr(cut));
    ASSERT_TRUE(until([&] { return client.has("one\ntwo\n"); })) << cut;
    EXPECT_EQ(handler_.last_client, loopback::endpoint("192.0.2.1", 12));
  }
}

TEST_F(IntroductionTest, MayComeAByteAtATime) {
  Client client(at_);
  for (const char c : std::string("from 12!one\n")) {
    client.send(std::string(1, c));
    pass();
  }
  EXPECT_TRUE(client.has("one\n"));
}

TEST_F(IntroductionTest, WithoutAClientDiffersFromNoIntroduction) {
  Client client(at_);
  client.send("self!one\n");
  ASSERT_TRUE(until([&] { return client.has("one\n"); }));
  EXPECT_TRUE(handler_.was_introduced);
  EXPECT_EQ(handler_.last_client, std::nullopt);
}

TEST_F(IntroductionTest, ThatIsRefusedClosesTheConnectionWithoutAReply) {
  for (const std::string start : {"one\n", "from", ""}) {
    Client client(at_);
    client.send(start);
    pass();
    client.send("xxx\n");
    ASSERT_TRUE(until([&] { return client.end() || client.was_reset(); })) << start;
    EXPECT_EQ(client.read(), "");
  }
  EXPECT_EQ(handler_.requests, 0);
  EXPECT_EQ(server_->connections(), 0U);
}

TEST_F(IntroductionTest, FromAnUntrustedAddressIsNotEvenRead) {
  herald_.trusting = false;
  Client client(at_);
  ASSERT_TRUE(until([&] { return client.end() || client.was_reset(); }));
  EXPECT_EQ(herald_.calls, 0);
  EXPECT_EQ(server_->connections(), 0U);
}

TEST_F(IntroductionTest, AndFirstRequestHaveTheTimeOfOneRequest) {
  Client client(at_);
  client.send("from 7");
  pass();
  advance(seconds(20));
  client.send("!");
  pass();
  advance(seconds(9));
  EXPECT_EQ(server_->connections(), 1U) << "longer than a connection may idle";
  advance(seconds(2));
  EXPECT_TRUE(client.end() || client.was_reset());
  EXPECT_EQ(counters().closed_by_timeout, 1U);
}

TEST_F(IntroductionTest, IsNotAskedForOnOtherListeners) {
  serve({});
  Client client(at_);
  client.send("from 7!\n");
  ASSERT_TRUE(until([&] { return client.has("from 7!\n"); }));
  EXPECT_FALSE(handler_.was_introduced);
  EXPECT_EQ(herald_.calls, 0);
}

}  // namespace
}  // namespace ot
