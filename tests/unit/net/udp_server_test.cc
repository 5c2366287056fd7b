#include "net/udp_server.h"

#include <netinet/udp.h>

#include <algorithm>
#include <vector>

#include "loopback.h"
#include "private_network.h"

namespace ot {
namespace {

using loopback::endpoint;
using loopback::pump;

// Answers "x" with "re:x", and a datagram that begins with '-' with silence.
class Echo final : public DatagramHandler {
 public:
  void on_batch(std::span<const Datagram> in, std::span<UdpReply> out) override {
    ASSERT_EQ(in.size(), out.size());
    batches.push_back(in.size());
    for (size_t i = 0; i < in.size(); ++i) {
      sources.push_back(in[i].source);
      last_size = in[i].payload.size();
      EXPECT_EQ(out[i].size, 0U);
      EXPECT_EQ(out[i].buffer.size(), UdpServer::kMaxDatagram);
      if (in[i].payload.empty() || in[i].payload[0] == '-') continue;
      ByteWriter reply(out[i].buffer);
      reply.text("re:");
      reply.write(in[i].payload.first(std::min<size_t>(in[i].payload.size(), 1000)));
      out[i].size = reply.size();
    }
  }

  std::vector<size_t> batches;
  std::vector<Endpoint> sources;
  size_t last_size = 0;
};

// A UDP client that takes replies only from the address it has asked, as libtorrent does.
class Asker {
 public:
  explicit Asker(const Endpoint& server, const Endpoint& from = {})
      : fd_(socket(server.address.is_v4() ? AF_INET : AF_INET6, SOCK_DGRAM | SOCK_NONBLOCK, 0)) {
    SocketAddress address;
    if (!from.address.is_unspecified()) {
      const socklen_t size = to_socket_address(from, address);
      EXPECT_EQ(bind(fd_.get(), &address.any, size), 0) << strerror(errno);
    }
    const socklen_t size = to_socket_address(server, address);
    EXPECT_EQ(connect(fd_.get(), &address.any, size), 0) << strerror(errno);
  }

  void ask(std::string_view text) {
    EXPECT_EQ(send(fd_.get(), text.data(), text.size(), 0), static_cast<ssize_t>(text.size()));
  }
  // The next reply, empty if there is none.
  std::string reply() {
    std::array<char, 4096> buffer{};
    const ssize_t size = recv(fd_.get(), buffer.data(), buffer.size(), 0);
    return size < 0 ? std::string() : std::string(buffer.data(), static_cast<size_t>(size));
  }
  [[nodiscard]] Endpoint local() const { return local_endpoint(fd_.get()).value(); }

 private:
  UniqueFd fd_;
};

struct Server {
  explicit Server(const Endpoint& at, const UdpSocketOptions& options = {})
      : udp(UdpServer::create(*loop, bind_udp(at, options).value(), echo).value()) {}

  [[nodiscard]] uint16_t port() const { return udp->local().port; }
  bool answered(uint64_t count) {
    return pump(*loop, [&] { return udp->counters().sent == count; });
  }

  const SystemClock clock;
  const std::unique_ptr<EventLoop> loop = loopback::make_loop(clock);
  Echo echo;
  const std::unique_ptr<UdpServer> udp;
};

TEST(UdpServerTest, RepliesToTheSource) {
  for (const char* address : {"127.0.0.1", "::1"}) {
    Server server(endpoint(address));
    Asker asker(server.udp->local());
    asker.ask("hello");
    ASSERT_TRUE(server.answered(1));
    EXPECT_EQ(asker.reply(), "re:hello");
    EXPECT_EQ(server.echo.sources.at(0), asker.local());
  }
}

TEST(UdpServerTest, SendsNothingForSilence) {
  Server server(endpoint("127.0.0.1"));
  Asker asker(server.udp->local());
  for (const char* text : {"-quiet", "one", "", "-quiet", "two"}) asker.ask(text);
  ASSERT_TRUE(server.answered(2));
  EXPECT_EQ(asker.reply(), "re:one");
  EXPECT_EQ(asker.reply(), "re:two");
  EXPECT_EQ(asker.reply(), "");
  EXPECT_EQ(server.udp->counters().received, 5U);
}

TEST(UdpServerTest, ServesABurstInWholeBatchesOneAPass) {
  Server server(endpoint("127.0.0.1"));
  std::vector<std::unique_ptr<Asker>> askers;
  for (size_t i = 0; i < 100; ++i) {
    askers.push_back(std::make_unique<Asker>(server.udp->local()));
    askers.back()->ask(std::to_string(i));
  }
  for (int pass = 0; pass < 4; ++pass) server.loop->run_once(std::chrono::seconds(1));
  EXPECT_EQ(server.echo.batches, (std::vector<size_t>{32, 32, 32, 4}));
  for (size_t i = 0; i < askers.size(); ++i)
    EXPECT_EQ(askers[i]->reply(), "re:" + std::to_string(i));
}

TEST(UdpServerTest, LeavesTheRestOfALongBurstToTheNextPass) {
  Server server(endpoint("127.0.0.1"));
  Asker asker(server.udp->local());
  for (int i = 0; i < 50; ++i) asker.ask("-");
  server.loop->run_once(std::chrono::seconds(1));
  EXPECT_EQ(server.udp->counters().received, 32U);
  server.loop->run_once(std::chrono::seconds(1));
  EXPECT_EQ(server.udp->counters().received, 50U);
}

TEST(UdpServerTest, CutsDatagramsThatAreTooLong) {
  Server server(endpoint("127.0.0.1"));
  Asker asker(server.udp->local());
  asker.ask(std::string(5000, 'x'));
  ASSERT_TRUE(server.answered(1));
  EXPECT_EQ(server.echo.last_size, UdpServer::kMaxDatagram);
}

TEST(UdpServerTest, AnswersFromTheIpv4AddressThatWasAsked) {
  Server server(endpoint("0.0.0.0"));
  Asker second(endpoint("127.0.0.2", server.port()), endpoint("127.0.0.1"));
  Asker third(endpoint("127.0.0.3", server.port()), endpoint("127.0.0.1"));
  second.ask("b");
  third.ask("c");
  ASSERT_TRUE(server.answered(2));
  EXPECT_EQ(second.reply(), "re:b");
  EXPECT_EQ(third.reply(), "re:c");
}

TEST(UdpServerTest, AnswersFromTheIpv6AddressThatWasAsked) {
  private_network::run([] {
    ASSERT_TRUE(private_network::add_address("fd00:99::1"));
    ASSERT_TRUE(private_network::add_address("fd00:99::2"));
    Server server(endpoint("::"));
    Asker second(endpoint("fd00:99::2", server.port()), endpoint("fd00:99::1"));
    Asker first(endpoint("fd00:99::1", server.port()), endpoint("fd00:99::1"));
    second.ask("b");
    first.ask("a");
    ASSERT_TRUE(server.answered(2));
    EXPECT_EQ(second.reply(), "re:b");
    EXPECT_EQ(first.reply(), "re:a");
  });
}

// A datagram from port 0 cannot be answered: sending to port 0 fails.
void ask_from_port_zero(uint16_t server_port) {
  const UniqueFd raw(socket(AF_INET, SOCK_RAW, IPPROTO_UDP));
  ASSERT_TRUE(raw) << strerror(errno);
  std::array<uint8_t, 9> packet{};
  ByteWriter writer(packet);
  writer.write(uint16_t{0});
  writer.write(server_port);
  writer.write(uint16_t{packet.size()});
  writer.write(uint16_t{0});
  writer.text("x");
  SocketAddress to;
  const socklen_t size = to_socket_address(endpoint("127.0.0.1"), to);
  ASSERT_EQ(sendto(raw.get(), packet.data(), packet.size(), 0, &to.any, size),
            static_cast<ssize_t>(packet.size()));
}

TEST(UdpServerTest, SkipsAReplyThatCannotBeSent) {
  private_network::run([] {
    Server server(endpoint("127.0.0.1"));
    Asker asker(server.udp->local());
    asker.ask("before");
    ask_from_port_zero(server.port());
    asker.ask("between");
    ask_from_port_zero(server.port());
    ask_from_port_zero(server.port());
    asker.ask("after");
    ASSERT_TRUE(server.answered(3));
    EXPECT_EQ(server.echo.batches, std::vector<size_t>{6});
    EXPECT_EQ(server.udp->counters().send_errors, 3U);
    EXPECT_EQ(asker.reply(), "re:before");
    EXPECT_EQ(asker.reply(), "re:between");
    EXPECT_EQ(asker.reply(), "re:after");
  });
}

TEST(UdpServerTest, CountsWhatTheKernelDropped) {
  Server server(endpoint("127.0.0.1"), {.receive_buffer = 8192});
  Asker asker(server.udp->local());
  for (int i = 0; i < 300; ++i) asker.ask("-");
  // No datagram has to come after them.
  EXPECT_TRUE(pump(*server.loop, [&] {
    const UdpCounters counters = server.udp->counters();
    return counters.received + counters.kernel_drops == 300;
  }));
  EXPECT_GT(server.udp->counters().kernel_drops, 0U);
}

TEST(UdpServerTest, HoldsABurstOfTenThousand) {
  Server server(endpoint("127.0.0.1"));
  Asker asker(server.udp->local());
  const std::string announce(98, '-');
  for (int i = 0; i < 10000; ++i) asker.ask(announce);
  EXPECT_TRUE(pump(*server.loop, [&] { return server.udp->counters().received == 10000; }));
  EXPECT_EQ(server.udp->counters().kernel_drops, 0U);
}

TEST(UdpServerTest, LeavesTheLoopWhenDestroyed) {
  const SystemClock clock;
  const auto loop = loopback::make_loop(clock);
  Echo echo;
  auto server = UdpServer::create(*loop, bind_udp(endpoint("127.0.0.1")).value(), echo).value();
  Asker asker(server->local());
  asker.ask("x");
  server.reset();
  loop->run_once(Duration(0));
  EXPECT_TRUE(echo.batches.empty());
}

// epoll watches the open file, which all copies of a descriptor share, so closing one of them does
// not end the watch.
TEST(UdpServerTest, LeavesTheLoopEvenIfAnotherProcessHoldsTheSocket) {
  const SystemClock clock;
  const auto loop = loopback::make_loop(clock);
  Echo echo;
  auto socket = bind_udp(endpoint("127.0.0.1")).value();
  const UniqueFd shared(dup(socket.get()));
  auto server = UdpServer::create(*loop, std::move(socket), echo).value();
  server.reset();
  Asker(local_endpoint(shared.get()).value()).ask("x");
  const auto begin = clock.now();
  loop->run_once(std::chrono::milliseconds(50));
  EXPECT_GE(clock.now() - begin, std::chrono::milliseconds(50)) << "woken by a socket that is gone";
}

}  // namespace
}  // namespace ot
