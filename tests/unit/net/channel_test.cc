#include "net/channel.h"

#include "loopback.h"

namespace ot {
namespace {

using Status = Channel::Transfer::Status;

// A channel and the client at its other end, over TCP, since only TCP has resets.
class ChannelTest : public ::testing::Test {
 protected:
  static UniqueFd listener() {
    return std::move(*listen_tcp(loopback::endpoint("127.0.0.1"), {.defer_accept_seconds = 0}));
  }
  // Waits for a connection.
  UniqueFd accepted() {
    UniqueFd socket;
    for (int i = 0; i < 1000 && !socket; ++i) {
      socket = UniqueFd(accept4(listener_.get(), nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC));
      if (!socket) usleep(1000);
    }
    return socket;
  }
  // Receives as soon as something has come.
  Channel::Transfer receive(Channel& channel) {
    Channel::Transfer got;
    for (int i = 0; i < 1000 && got.status == Status::blocked; ++i) {
      got = channel.receive(room_);
      if (got.status == Status::blocked) usleep(1000);
    }
    return got;
  }
  bool until(const std::function<bool()>& done) {
    for (int i = 0; i < 1000 && !done(); ++i) usleep(1000);
    return done();
  }

  UniqueFd listener_ = listener();
  loopback::Client client_{local_endpoint(listener_.get()).value()};
  std::optional<Channel> channel_{Channel(accepted())};
  std::array<uint8_t, 16> room_{};
};

TEST_F(ChannelTest, ReceivesWhatIsThereThenBlocksThenIsOver) {
  EXPECT_EQ(channel_->receive(room_).status, Status::blocked);
  client_.send("hello");
  const Channel::Transfer got = receive(*channel_);
  EXPECT_EQ(got.status, Status::moved);
  EXPECT_EQ(as_text(room_).substr(0, got.size), "hello");
  EXPECT_FALSE(channel_->has_hung_up());
  client_.finish_sending();
  EXPECT_EQ(receive(*channel_).status, Status::over);
  EXPECT_TRUE(channel_->has_hung_up());
}

TEST_F(ChannelTest, SendsUntilTheOtherEndTakesNoMore) {
  const std::vector<uint8_t> much(1 << 20);
  size_t sent = 0;
  Channel::Transfer went = channel_->send(much);
  for (; went.status == Status::moved; went = channel_->send(much)) sent += went.size;
  EXPECT_EQ(went.status, Status::blocked);
  EXPECT_TRUE(until([&] { return client_.read().size() == sent; }));
}

TEST_F(ChannelTest, SendsPiecesInTheirOrder) {
  std::string one = "one ";
  std::string two = "two";
  std::array<iovec, 2> pieces{{{one.data(), one.size()}, {two.data(), two.size()}}};
  EXPECT_EQ(channel_->send(std::span(pieces)).size, 7U);
  EXPECT_TRUE(until([&] { return client_.has("one two"); }));
}

TEST_F(ChannelTest, WhatIsSentBeforeACloseComesWithTheEnd) {
  EXPECT_EQ(channel_->send(as_bytes("bye"), true).status, Status::moved);
  channel_.reset();
  EXPECT_TRUE(until([&] { return client_.end(); }));
  EXPECT_TRUE(client_.has("bye"));
  EXPECT_FALSE(client_.was_reset());
}

TEST_F(ChannelTest, FinishesSendingAndStillReceives) {
  channel_->finish_sending();
  EXPECT_TRUE(until([&] { return client_.end(); }));
  client_.send("still here");
  EXPECT_EQ(receive(*channel_).size, 10U);
}

TEST_F(ChannelTest, ResetsItsConnectionOnCloseIfToldTo) {
  channel_->reset_on_close(true);
  channel_.reset();
  EXPECT_TRUE(until([&] { return client_.was_reset(); }));
}

TEST_F(ChannelTest, IsOverWhenTheOtherEndHasReset) {
  EXPECT_EQ(channel_->send(as_bytes("unread")).status, Status::moved);
  client_.close();  // with unread input, which resets
  EXPECT_TRUE(until([&] { return channel_->send(as_bytes("x")).status == Status::over; }));
}

TEST_F(ChannelTest, ASinkKeepsWhatTheChannelDoesNotTake) {
  const std::vector<uint8_t> much(1 << 20, 'x');
  ChannelSink sink(*channel_);
  size_t written = 0;
  while (!sink.stuck()) {
    sink.write(much, false);
    written += much.size();
  }
  sink.write(much, false);
  const size_t kept = sink.take_rest().size();
  EXPECT_GT(kept, much.size());
  EXPECT_FALSE(sink.broken());
  EXPECT_TRUE(until([&] { return client_.read().size() == written + much.size() - kept; }));
}

}  // namespace
}  // namespace ot
