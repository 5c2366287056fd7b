#include "net/connection.h"

#include <sys/eventfd.h>

#include "loopback.h"

namespace ot {
namespace {

Channel any_channel() { return Channel(UniqueFd(eventfd(0, EFD_CLOEXEC))); }

class ConnectionTableTest : public ::testing::Test {
 protected:
  Connection& open() { return table_.open(any_channel(), peer_); }

  const Caller peer_{{loopback::endpoint("192.0.2.1", 7)}};
  Connection* ready_ = nullptr;
  ConnectionTable table_{[this](Connection& ready) { ready_ = &ready; }};
};

TEST_F(ConnectionTableTest, FindsWhatIsOpen) {
  Connection& a = open();
  Connection& b = open();
  EXPECT_EQ(table_.size(), 2U);
  EXPECT_EQ(table_.find(a.token), &a);
  EXPECT_EQ(table_.find(b.token), &b);
  EXPECT_EQ(b.caller.peer.socket, peer_.peer.socket);
}

TEST_F(ConnectionTableTest, SaysWhichOneIsReady) {
  (void)open();
  Connection& other = open();
  other.on_events(EPOLLIN);
  EXPECT_EQ(ready_, &other);
}

TEST_F(ConnectionTableTest, ATokenDoesNotNameTheNextConnectionInItsPlace) {
  Connection& old = open();
  const ConnectionToken token = old.token;
  const int descriptor = old.channel.descriptor();
  table_.close(old);
  EXPECT_EQ(table_.find(token), nullptr);
  EXPECT_EQ(fcntl(descriptor, F_GETFD), -1) << "closed";
  Connection& next = open();
  EXPECT_EQ(next.token.index, token.index);
  EXPECT_EQ(table_.find(token), nullptr);
  EXPECT_EQ(table_.find(next.token), &next);
  EXPECT_EQ(table_.size(), 1U);
}

TEST_F(ConnectionTableTest, FindsNothingPastItsEnd) { EXPECT_EQ(table_.find({5, 0}), nullptr); }

}  // namespace
}  // namespace ot
