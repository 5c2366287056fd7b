#include "net/acceptor.h"

#include <deque>

#include "loopback.h"

namespace ot {
namespace {

using loopback::Client;
using loopback::DescriptorLimit;
using loopback::pump;
using std::chrono::milliseconds;
using std::chrono::seconds;

// Keeps what is accepted.
struct Keeper {
  void on_accepted(UniqueFd socket, const Endpoint& peer, Introducer* introducer) {
    introducers.push_back(introducer);
    sockets.push_back(std::move(socket));
    peers.push_back(peer);
  }
  bool make_room() {
    if (!generous || sockets.empty()) return false;
    sockets.pop_front();
    return true;
  }

  bool generous = false;
  std::deque<UniqueFd> sockets;
  std::vector<Endpoint> peers;
  std::vector<Introducer*> introducers;
};

class Anybody final : public Introducer {
 public:
  bool trusts(const Endpoint&) override { return true; }
  Introduction on_introduction(const Endpoint&, ByteView) override { return {}; }
};

class AcceptorTest : public ::testing::Test {
 protected:
  void SetUp() override {
    auto listener = listen_tcp(loopback::endpoint("127.0.0.1"), {.defer_accept_seconds = 0});
    server_ = local_endpoint(listener->get()).value();
    ASSERT_TRUE(acceptor_.add(std::move(*listener)).has_value());
  }

  ManualClock clock_;
  const std::unique_ptr<EventLoop> loop_ = loopback::make_loop(clock_);
  Keeper keeper_;
  Acceptor acceptor_{*loop_, 4,
                     [this](UniqueFd socket, const Endpoint& peer, Introducer* introducer) {
                       keeper_.on_accepted(std::move(socket), peer, introducer);
                     },
                     [this] { return keeper_.make_room(); }};
  Endpoint server_;
};

TEST_F(AcceptorTest, HandsOverConnectionsAndTheirPeers) {
  Client client(server_);
  ASSERT_TRUE(pump(*loop_, [&] { return keeper_.sockets.size() == 1; }));
  EXPECT_EQ(keeper_.peers[0].address, server_.address);
  EXPECT_NE(keeper_.peers[0].port, server_.port);
  EXPECT_TRUE(fcntl(keeper_.sockets[0].get(), F_GETFL) & O_NONBLOCK);
  EXPECT_TRUE(fcntl(keeper_.sockets[0].get(), F_GETFD) & FD_CLOEXEC);
}

TEST_F(AcceptorTest, AcceptsABoundedNumberInAPass) {
  std::deque<Client> clients;
  for (int i = 0; i < 6; ++i) clients.emplace_back(server_);
  loop_->run_once(seconds(1));
  EXPECT_EQ(keeper_.sockets.size(), 4U);
  loop_->run_once(seconds(1));
  EXPECT_EQ(keeper_.sockets.size(), 6U);
}

TEST_F(AcceptorTest, ServesSeveralListeners) {
  auto second = listen_tcp(loopback::endpoint("::1"), {.defer_accept_seconds = 0});
  const Endpoint second_server = local_endpoint(second->get()).value();
  ASSERT_TRUE(acceptor_.add(std::move(*second)).has_value());
  Client a(server_);
  Client b(second_server);
  EXPECT_TRUE(pump(*loop_, [&] { return keeper_.sockets.size() == 2; }));
}

TEST_F(AcceptorTest, PassesOnTheIntroducerOfTheListener) {
  Anybody anybody;
  auto second = listen_tcp(loopback::endpoint("127.0.0.1"), {.defer_accept_seconds = 0});
  const Endpoint second_server = local_endpoint(second->get()).value();
  ASSERT_TRUE(acceptor_.add(std::move(*second), &anybody).has_value());
  Client a(server_);
  ASSERT_TRUE(pump(*loop_, [&] { return keeper_.sockets.size() == 1; }));
  Client b(second_server);
  ASSERT_TRUE(pump(*loop_, [&] { return keeper_.sockets.size() == 2; }));
  EXPECT_EQ(keeper_.introducers, (std::vector<Introducer*>{nullptr, &anybody}));
}

TEST_F(AcceptorTest, PausesWithoutDescriptorsInsteadOfSpinning) {
  std::deque<Client> clients;
  for (int i = 0; i < 5; ++i) clients.emplace_back(server_);
  const DescriptorLimit limit(3);
  ASSERT_TRUE(pump(*loop_, [&] { return acceptor_.paused(); }));
  EXPECT_EQ(keeper_.sockets.size(), 3U);
  EXPECT_EQ(acceptor_.pauses(), 1U);
  const auto start = std::chrono::steady_clock::now();
  loop_->run_once(milliseconds(50));
  EXPECT_GE(std::chrono::steady_clock::now() - start, milliseconds(49)) << "nothing to do";
}

TEST_F(AcceptorTest, LeavesADescriptorToOthersWhilePaused) {
  std::deque<Client> clients;
  for (int i = 0; i < 5; ++i) clients.emplace_back(server_);
  const DescriptorLimit limit(3);
  ASSERT_TRUE(pump(*loop_, [&] { return acceptor_.paused(); }));
  EXPECT_TRUE(UniqueFd(open("/", O_RDONLY | O_CLOEXEC)));
}

TEST_F(AcceptorTest, GoesOnWhenAConnectionIsClosed) {
  std::deque<Client> clients;
  for (int i = 0; i < 5; ++i) clients.emplace_back(server_);
  const DescriptorLimit limit(3);
  ASSERT_TRUE(pump(*loop_, [&] { return acceptor_.paused(); }));
  keeper_.sockets.pop_front();
  acceptor_.on_descriptor_closed();
  EXPECT_TRUE(pump(*loop_, [&] { return keeper_.peers.size() == 4; }));
}

TEST_F(AcceptorTest, TriesAgainWithinASecond) {
  std::deque<Client> clients;
  for (int i = 0; i < 5; ++i) clients.emplace_back(server_);
  {
    const DescriptorLimit limit(3);
    ASSERT_TRUE(pump(*loop_, [&] { return acceptor_.paused(); }));
    clock_.advance(seconds(1));
    ASSERT_TRUE(pump(*loop_, [&] { return acceptor_.pauses() == 2; })) << "no room yet";
  }
  loopback::settle(*loop_);
  EXPECT_EQ(keeper_.sockets.size(), 3U);
  clock_.advance(seconds(1));
  EXPECT_TRUE(pump(*loop_, [&] { return keeper_.sockets.size() == 5; }));
  EXPECT_FALSE(acceptor_.paused());
}

TEST_F(AcceptorTest, AsksForRoomBeforeItPauses) {
  keeper_.generous = true;
  std::deque<Client> clients;
  for (int i = 0; i < 6; ++i) clients.emplace_back(server_);
  const DescriptorLimit limit(2);
  ASSERT_TRUE(pump(*loop_, [&] { return keeper_.peers.size() == 6; }));
  EXPECT_EQ(acceptor_.pauses(), 0U);
}

}  // namespace
}  // namespace ot
