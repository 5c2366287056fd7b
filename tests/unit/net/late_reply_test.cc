// Replies that come after the handler has returned, through the server's ReplyPort.
#include <deque>
#include <string>

#include "line_server.h"

namespace ot {
namespace {

using loopback::Client;
using std::chrono::seconds;
using End = ReplyPort::End;

ReplyPiece piece(const std::string& text) {
  return std::make_shared<const std::vector<uint8_t>>(text.begin(), text.end());
}

// A request is a line. Those that begin with "later" are answered late; the others come back.
class Promises final : public StreamHandler {
 public:
  StreamVerdict on_bytes(const StreamPeer& /*peer*/, ByteView input, size_t /*already_seen*/,
                         OutputBuffer& out) override {
    const size_t end = as_text(input).find('\n');
    if (end == std::string_view::npos) return StreamVerdict::need_more();
    const std::string_view line = as_text(input).substr(0, end + 1);
    if (line.starts_with("later"))
      return StreamVerdict::later(line.size(), std::make_unique<Promise>(*this));
    EXPECT_TRUE(out.append(as_bytes(line)));
    return StreamVerdict::keep(line.size());
  }

  void on_deferred(Duration took, int requests) override {
    deferred.insert(deferred.end(), static_cast<size_t>(requests), took);
  }

  std::vector<Duration> deferred;
  std::vector<ConnectionToken> promised;
  bool reply_at_once = false;

 private:
  class Promise final : public LateReply {
   public:
    explicit Promise(Promises& all) : all_(all) {}

    void begin(ReplyPort& port, ConnectionToken to) override {
      all_.promised.push_back(to);
      if (!all_.reply_at_once) return;
      EXPECT_TRUE(port.send(to, piece("now\n")));
      port.end(to, End::keep);
    }

   private:
    Promises& all_;
  };
};

class LateReplies : public ::testing::Test {
 protected:
  void SetUp() override { serve({}, {.defer_accept_seconds = 0}); }

  void serve(const TcpOptions& options, const TcpListenOptions& listen) {
    server_ = std::make_unique<TcpServer>(*loop_, handler_, options);
    auto listener = listen_tcp(loopback::endpoint("127.0.0.1"), listen);
    at_ = local_endpoint(listener->get()).value();
    ASSERT_TRUE(server_->add_listener(std::move(*listener)).has_value());
  }
  bool until(const std::function<bool()>& done) { return loopback::pump(*loop_, done); }
  void pass() { loopback::settle(*loop_); }
  // Waits for promise number `count` and names its connection.
  ConnectionToken promise(size_t count = 1) {
    EXPECT_TRUE(until([&] { return handler_.promised.size() == count; }));
    return handler_.promised.back();
  }

  ManualClock clock_;
  const std::unique_ptr<EventLoop> loop_ = loopback::make_loop(clock_);
  Promises handler_;
  std::unique_ptr<TcpServer> server_;
  Endpoint at_;
};

TEST_F(LateReplies, ComeInPiecesAndTheConnectionGoesOn) {
  Client client(at_);
  client.send("later\n");
  const ConnectionToken to = promise();
  EXPECT_TRUE(server_->send(to, piece("one ")));
  EXPECT_TRUE(server_->send(to, piece("")));
  EXPECT_TRUE(server_->send(to, piece("two\n")));
  EXPECT_EQ(server_->waiting(to), 0U);
  server_->end(to, End::keep);
  ASSERT_TRUE(until([&] { return client.has("one two\n"); }));
  client.send("echo\n");
  EXPECT_TRUE(until([&] { return client.has("one two\necho\n"); }));
}

TEST_F(LateReplies, TakeTheTimeFromTheRequestToTheirEnd) {
  Client client(at_);
  client.send("at once\nlater\nbehind\n");
  const ConnectionToken to = promise();
  clock_.advance(seconds(4));
  pass();
  EXPECT_TRUE(server_->send(to, piece("here\n")));
  EXPECT_TRUE(handler_.deferred.empty());
  server_->end(to, End::keep);
  ASSERT_TRUE(until([&] { return client.has("at once\nhere\nbehind\n"); }));
  EXPECT_EQ(handler_.deferred, (std::vector<Duration>{seconds(4), seconds(0)}));
  EXPECT_EQ(server_->answered_at_once(), 1U);
}

TEST_F(LateReplies, CanEndTheConnection) {
  Client client(at_);
  client.send("later\n");
  const ConnectionToken to = promise();
  server_->send(to, piece("all\n"));
  server_->end(to, End::close);
  ASSERT_TRUE(until([&] { return client.end(); }));
  EXPECT_TRUE(client.has("all\n"));
  EXPECT_FALSE(client.was_reset());
  client.close();
  EXPECT_TRUE(until([&] { return server_->connections() == 0; }));
}

TEST_F(LateReplies, KeepTheirPlaceAmongPipelinedRequests) {
  Client client(at_);
  client.send("first\nlater\nlast\n");
  const ConnectionToken to = promise();
  ASSERT_TRUE(until([&] { return client.has("first\n"); }));
  pass();
  EXPECT_TRUE(client.has("first\n")) << "nothing overtakes a reply that is owed";
  server_->send(to, piece("late\n"));
  server_->end(to, End::keep);
  EXPECT_TRUE(until([&] { return client.has("first\nlate\nlast\n"); }));
}

TEST_F(LateReplies, MayBeCompleteWhenBeginReturnsHoweverManyArePipelined) {
  handler_.reply_at_once = true;
  std::string requests;
  std::string replies;
  for (int i = 0; i < 1000; ++i) {
    requests += "later\n";
    replies += "now\n";
  }
  Client client(at_);
  client.send(requests);
  EXPECT_TRUE(until([&] { return client.has(replies); }));
}

TEST_F(LateReplies, AreSentToAClientThatHasFinishedSending) {
  Client client(at_);
  client.send("later\n");
  client.finish_sending();
  const ConnectionToken to = promise();
  pass();
  EXPECT_TRUE(server_->send(to, piece("here\n")));
  server_->end(to, End::keep);
  ASSERT_TRUE(until([&] { return client.end(); }));
  EXPECT_TRUE(client.has("here\n"));
}

TEST_F(LateReplies, GoNowhereWhenTheClientHasLeft) {
  Client client(at_);
  client.send("later\n");
  const ConnectionToken to = promise();
  client.close();
  ASSERT_TRUE(until([&] {
    server_->send(to, piece("anybody?\n"));
    return server_->connections() == 0;
  }));
  EXPECT_FALSE(server_->send(to, piece("x")));
  EXPECT_FALSE(server_->waiting(to).has_value());
  server_->end(to, End::keep);
  server_->reset(to);

  Client next(at_);
  next.send("later\n");
  const ConnectionToken other = promise(2);
  EXPECT_EQ(other.index, to.index);
  EXPECT_FALSE(server_->send(to, piece("x"))) << "the place is another's now";
  EXPECT_TRUE(server_->send(other, piece("x")));
}

TEST_F(LateReplies, TakeNothingAfterTheirEnd) {
  Client client(at_);
  client.send("later\n");
  const ConnectionToken to = promise();
  server_->end(to, End::keep);
  EXPECT_FALSE(server_->send(to, piece("x")));
  EXPECT_FALSE(server_->waiting(to).has_value());
  client.send("echo\n");
  EXPECT_TRUE(until([&] { return client.has("echo\n"); }));
}

TEST_F(LateReplies, AResetIsNotAnEnd) {
  Client client(at_);
  client.send("later\n");
  const ConnectionToken to = promise();
  server_->send(to, piece("half"));
  server_->reset(to);
  EXPECT_TRUE(until([&] { return client.was_reset(); }));
  EXPECT_EQ(server_->connections(), 0U);
}

class SlowReaders : public LateReplies {
 protected:
  void SetUp() override {
    serve({.http_timeout = seconds(30)}, {.defer_accept_seconds = 0, .send_buffer = 4096});
  }
};

TEST_F(SlowReaders, GetAllOfItInTheirOwnTime) {
  Client client(at_, 4096);
  client.send("later\n");
  const ConnectionToken to = promise();
  std::string expected;
  for (char c = 'a'; c <= 'z'; ++c) {
    const std::string part(10'000, c);
    expected += part;
    EXPECT_TRUE(server_->send(to, piece(part)));
  }
  EXPECT_GT(server_->waiting(to).value(), 0U);
  server_->end(to, End::close);
  EXPECT_TRUE(until([&] { return client.end(); }));
  EXPECT_TRUE(client.has(expected));
}

TEST_F(SlowReaders, GetWhatTheKernelHasThoughAResetWasAskedForBeforeTheEnd) {
  const std::string all(7000, 'x');
  Client client(at_, 4096);
  client.send("later\n");
  const ConnectionToken to = promise();
  server_->reset_unless_ended(to);
  server_->send(to, piece(all));
  ASSERT_EQ(server_->waiting(to), 0U);
  server_->end(to, End::close);
  pass();
  clock_.advance(seconds(2));
  ASSERT_TRUE(until([&] { return server_->connections() == 0; }));
  EXPECT_TRUE(until([&] { return client.end(); }));
  EXPECT_TRUE(client.has(all));
  EXPECT_FALSE(client.was_reset());
}

TEST_F(SlowReaders, AreResetWhenTheyTakeNothingForTheTimeOfARequest) {
  Client client(at_, 4096);
  client.send("later\n");
  const ConnectionToken to = promise();
  server_->send(to, piece(std::string(1 << 20, 'x')));
  pass();
  clock_.advance(seconds(29));
  server_->send(to, piece("more"));
  pass();
  EXPECT_EQ(server_->connections(), 1U);
  clock_.advance(seconds(1));
  pass();
  EXPECT_EQ(server_->connections(), 0U);
  EXPECT_EQ(server_->counters().closed_by_timeout, 1U);
  EXPECT_TRUE(until([&] { return client.was_reset(); }));
}

// Connections with clients that read nothing; their pieces are their own or shared.
class HeldReplies : public LateReplies {
 protected:
  static constexpr size_t kBody = 200'000;

  void SetUp() override {
    serve({.max_buffered = 300'000}, {.defer_accept_seconds = 0, .send_buffer = 4096});
  }
  ConnectionToken ask(const std::string& request = "later\n") {
    clients_.emplace_back(at_, 4096).send(request);
    return promise(clients_.size());
  }
  std::deque<Client> clients_;
};

TEST_F(HeldReplies, AreCountedUnlessOthersHoldThemToo) {
  const ReplyPiece shared = piece(std::string(kBody, 'x'));
  const ConnectionToken to = ask("later\nmore");
  EXPECT_TRUE(server_->send(to, shared));
  EXPECT_EQ(server_->buffered_bytes(), 4U);
  EXPECT_TRUE(server_->send(to, piece(std::string(kBody, 'y'))));
  EXPECT_EQ(server_->buffered_bytes(), 4 + kBody);
  server_->end(to, End::close);
  ASSERT_TRUE(until([&] { return clients_[0].read().size() == 2 * kBody; }));
  EXPECT_EQ(server_->buffered_bytes(), 4U);
  clients_[0].close();
  ASSERT_TRUE(until([&] { return server_->connections() == 0; }));
  EXPECT_EQ(server_->buffered_bytes(), 0U);
}

TEST_F(HeldReplies, GoWithTheConnection) {
  EXPECT_TRUE(server_->send(ask(), piece(std::string(kBody, 'x'))));
  server_->reset(handler_.promised.back());
  EXPECT_EQ(server_->buffered_bytes(), 0U);
}

TEST_F(HeldReplies, ThatHaveBeenStuckLongestMakeRoom) {
  const ConnectionToken owns_nothing = ask();
  const ReplyPiece shared = piece(std::string(kBody, 'x'));
  EXPECT_TRUE(server_->send(owns_nothing, shared));
  const ConnectionToken first = ask();
  EXPECT_TRUE(server_->send(first, piece(std::string(kBody, 'x'))));
  const ConnectionToken waits = ask("later\nmore");
  EXPECT_TRUE(server_->send(ask(), piece(std::string(kBody, 'x'))));
  EXPECT_FALSE(server_->waiting(first).has_value());
  EXPECT_TRUE(server_->waiting(owns_nothing).has_value());
  EXPECT_TRUE(server_->waiting(waits).has_value());
  EXPECT_EQ(server_->counters().closed_for_room, 1U);
  EXPECT_FALSE(server_->send(waits, piece(std::string(2 * kBody, 'x')))) << "alone too much";
  EXPECT_EQ(server_->buffered_bytes(), 0U);
}

TEST_F(HeldReplies, MakeRoomBeforeSlowRequests) {
  Client slow(at_);
  slow.send("half");
  ASSERT_TRUE(until([&] { return server_->buffered_bytes() == 4; }));
  const ConnectionToken waits = ask("later\n" + std::string(10'000, 'x'));
  EXPECT_TRUE(server_->send(ask(), piece(std::string(kBody, 'x'))));
  EXPECT_FALSE(server_->send(ask(), piece(std::string(2 * kBody, 'x'))));
  EXPECT_TRUE(server_->waiting(waits).has_value()) << "it takes what it is sent";
  slow.send("\n");
  EXPECT_TRUE(until([&] { return slow.has("half\n"); }));
}

TEST_F(LateReplies, WaitWithoutADeadline) {
  Client client(at_);
  client.send("later\n");
  const ConnectionToken to = promise();
  clock_.advance(seconds(3600));
  pass();
  server_->send(to, piece("at last\n"));
  server_->end(to, End::keep);
  EXPECT_TRUE(until([&] { return client.has("at last\n"); }));
}

TEST_F(LateReplies, EndWithTheServer) {
  Client client(at_);
  client.send("later\n");
  promise();
  server_.reset();
  EXPECT_TRUE(client.end() || client.was_reset());
  pass();
}

TEST_F(LateReplies, AreLetOutByAStop) {
  Client client(at_);
  client.send("later\n");
  const ConnectionToken to = promise();
  server_->stop_listening();
  pass();
  EXPECT_EQ(server_->connections(), 1U);
  server_->send(to, piece("last\n"));
  server_->end(to, End::keep);
  ASSERT_TRUE(until([&] { return client.end(); }));
  EXPECT_TRUE(client.has("last\n"));
  EXPECT_EQ(server_->connections(), 0U);
}

TEST_F(LateReplies, AreResetWhenTheServerGoesSoThatNoneLooksComplete) {
  Client client(at_);
  client.send("later\n");
  server_->send(promise(), piece("half"));
  ASSERT_TRUE(until([&] { return client.has("half"); }));
  server_.reset();
  EXPECT_TRUE(until([&] { return client.was_reset(); }));
}

TEST_F(LateReplies, ShowWhichClientHasShutDownItsSide) {
  Client client(at_);
  client.send("later\nmore");
  const ConnectionToken to = promise();
  EXPECT_FALSE(server_->has_hung_up(to));
  client.finish_sending();
  EXPECT_TRUE(until([&] { return server_->has_hung_up(to); }));
  server_->end(to, End::close);
  EXPECT_FALSE(server_->has_hung_up(to)) << "not owed anything";
}

}  // namespace
}  // namespace ot
