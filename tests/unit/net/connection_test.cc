#include "net/connection.h"

#include <sys/eventfd.h>

#include "loopback.h"

namespace ot {
namespace {

class Nobody final : public ConnectionEvents {
 public:
  void on_ready(Connection&) override {}
};

UniqueFd any_descriptor() { return UniqueFd(eventfd(0, EFD_CLOEXEC)); }

class ConnectionTableTest : public ::testing::Test {
 protected:
  Connection& open() { return table_.open(nobody_, any_descriptor(), peer_); }

  const Caller peer_{{loopback::endpoint("192.0.2.1", 7)}};
  Nobody nobody_;
  ConnectionTable table_;
};

TEST_F(ConnectionTableTest, FindsWhatIsOpen) {
  Connection& a = open();
  Connection& b = open();
  EXPECT_EQ(table_.size(), 2U);
  EXPECT_EQ(table_.find(a.token), &a);
  EXPECT_EQ(table_.find(b.token), &b);
  EXPECT_EQ(b.caller.peer.socket, peer_.peer.socket);
}

TEST_F(ConnectionTableTest, DoesNotFindWhoHasGoneInWhoTookThePlace) {
  Connection& old = open();
  const ConnectionToken token = old.token;
  const int descriptor = old.socket.get();
  table_.close(old);
  EXPECT_EQ(table_.find(token), nullptr);
  EXPECT_EQ(fcntl(descriptor, F_GETFD), -1) << "closed";
  Connection& next = open();
  EXPECT_EQ(next.token.index, token.index);
  EXPECT_EQ(table_.find(token), nullptr);
  EXPECT_EQ(table_.find(next.token), &next);
  EXPECT_EQ(table_.size(), 1U);
}

TEST_F(ConnectionTableTest, FindsNothingBehindItsEnd) { EXPECT_EQ(table_.find({5, 0}), nullptr); }

}  // namespace
}  // namespace ot
