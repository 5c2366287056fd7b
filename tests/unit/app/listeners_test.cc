// Passed-in sockets have fixed numbers, so each case runs in its own child process.
#include "app/listeners.h"

#include <fcntl.h>
#include <gtest/gtest.h>

#include "base/features.h"
#include "net/socket.h"
#include "unit/app/child_process.h"
#include "unit/support/collected_log.h"

namespace ot {
namespace {

const IpAddress kLoopback = IpAddress::parse("127.0.0.1").value();

// Moves it far from 3, where open_with() puts its sockets.
UniqueFd out_of_the_way(Result<UniqueFd, SystemError> socket) {
  return UniqueFd(::fcntl(socket.value().get(), F_DUPFD_CLOEXEC, 100));
}

ListenSettings configured(std::vector<ListenOption> sockets) {
  ListenSettings settings;
  settings.sockets = std::move(sockets);
  return settings;
}

ListenSettings by_default(std::vector<ListenOption> sockets) {
  ListenSettings settings = configured(std::move(sockets));
  settings.by_default = true;
  return settings;
}

ListenOption option(ListenProtocol protocol, uint16_t port) { return {protocol, port, kLoopback}; }

ListenOption proxied(uint16_t port) {
  ListenOption made = option(ListenProtocol::tcp, port);
  made.proxied = true;
  return made;
}

std::string port_of(const UniqueFd& socket) {
  return std::to_string(local_endpoint(socket.get()).value().port);
}

// The log and the result of open() with `sockets` as descriptors 3, 4, …
std::string open_with(const std::vector<int>& sockets, const ListenSettings& settings) {
  return report_of_child([&] {
    Environment environment;
    for (const int socket : sockets) {
      const auto at = static_cast<int>(environment.sockets.size());
      if (socket >= 0) ::dup2(socket, Environment::kFirstSocket + at);
      environment.sockets.push_back("unit" + std::to_string(at));
    }
    CollectedLog log;
    const auto listeners = Listeners::open(settings, environment, log);
    if (!listeners) return listeners.error().message();
    const std::string proxied = std::to_string(listeners->proxied_tcp.size()) + " proxied, ";
    return log.text() + std::to_string(listeners->tcp.size()) + " TCP, " +
           (listeners->proxied_tcp.empty() ? "" : proxied) + std::to_string(listeners->udp.size()) +
           " UDP";
  });
}

TEST(Listeners, BindsTheConfiguredAddresses) {
  const auto settings =
      configured({option(ListenProtocol::tcp, 0), option(ListenProtocol::udp, 0)});
  EXPECT_EQ(open_with({}, settings),
            "listening on TCP 127.0.0.1:0\nlistening on UDP 127.0.0.1:0\n1 TCP, 1 UDP");
}

TEST(Listeners, BindsAnAddressThatIsNotThereYetAndSaysSo) {
  ListenOption late{ListenProtocol::udp, 7000, IpAddress::parse("203.0.113.9")};
  late.place = "a.conf:3: listen.udp";
  EXPECT_EQ(open_with({}, configured({late})),
            "listening on UDP 203.0.113.9:7000\n"
            "a.conf:3: listen.udp: 203.0.113.9 is not on this machine yet; bound anyway\n"
            "0 TCP, 1 UDP");
}

TEST(Listeners, NamesThePlaceOfAnAddressThatIsTaken) {
  const auto tcp = listen_tcp({kLoopback, 0});
  const std::string port = port_of(tcp.value());
  ListenOption taken = option(ListenProtocol::tcp, local_endpoint(tcp->get())->port);
  taken.place = "a.conf:3: listen.tcp";
  EXPECT_EQ(open_with({}, configured({taken})),
            "a.conf:3: listen.tcp: bind TCP 127.0.0.1:" + port +
                ": Address already in use; `ss -lnptu` shows which program uses the port, if it "
                "is not a listener of ours");
}

TEST(Listeners, TakesOverPassedInSocketsInsteadOfTheDefault) {
  const UniqueFd tcp = out_of_the_way(listen_tcp({kLoopback, 0}));
  const UniqueFd udp = out_of_the_way(bind_udp({kLoopback, 0}));
  EXPECT_EQ(open_with({tcp.get(), udp.get()}, by_default({option(ListenProtocol::udp, 1)})),
            "listening on TCP 127.0.0.1:" + port_of(tcp) + ", a socket that was passed in\n" +
                "listening on UDP 127.0.0.1:" + port_of(udp) + ", a socket that was passed in\n" +
                "1 TCP, 1 UDP");
}

TEST(Listeners, NamesConfiguredAddressesThatAreLeftOut) {
  const UniqueFd tcp = out_of_the_way(listen_tcp({kLoopback, 0}));
  const uint16_t port = local_endpoint(tcp.get()).value().port;
  const auto settings =
      configured({option(ListenProtocol::tcp, port), option(ListenProtocol::udp, port)});
  EXPECT_EQ(open_with({tcp.get()}, settings),
            "listening on TCP 127.0.0.1:" + port_of(tcp) + ", a socket that was passed in\n" +
                "not listening on UDP 127.0.0.1:" + port_of(tcp) +
                ": the sockets that were passed in replace the configured ones\n1 TCP, 0 UDP");
}

TEST(Listeners, KeepsListenersForProxiesApart) {
  EXPECT_EQ(open_with({}, configured({proxied(0), option(ListenProtocol::tcp, 0)})),
            "listening on TCP 127.0.0.1:0, behind PROXY headers\n"
            "listening on TCP 127.0.0.1:0\n1 TCP, 1 proxied, 0 UDP");
}

TEST(Listeners, ServesAPassedInSocketAtAProxyAddressAsProxied) {
  const UniqueFd behind = out_of_the_way(listen_tcp({kLoopback, 0}));
  const UniqueFd plain = out_of_the_way(listen_tcp({kLoopback, 0}));
  const uint16_t port = local_endpoint(behind.get()).value().port;
  EXPECT_EQ(open_with({plain.get(), behind.get()}, configured({proxied(port)})),
            "listening on TCP 127.0.0.1:" + port_of(plain) + ", a socket that was passed in\n" +
                "listening on TCP 127.0.0.1:" + port_of(behind) +
                ", behind PROXY headers, a socket that was passed in\n" +
                "1 TCP, 1 proxied, 0 UDP");
}

TEST(Listeners, NamesAProxyListenerThatIsLeftOut) {
  const UniqueFd plain = out_of_the_way(listen_tcp({kLoopback, 0}));
  EXPECT_EQ(open_with({plain.get()}, configured({proxied(1)})),
            "listening on TCP 127.0.0.1:" + port_of(plain) + ", a socket that was passed in\n" +
                "not listening on TCP 127.0.0.1:1, behind PROXY headers: the sockets that were "
                "passed in replace the configured ones\n1 TCP, 0 UDP");
}

TEST(Listeners, ServesAUdpSocketAtAProxyAddressAsPlainUdp) {
  const UniqueFd udp = out_of_the_way(bind_udp({kLoopback, 0}));
  const uint16_t port = local_endpoint(udp.get()).value().port;
  const std::string said = open_with({udp.get()}, configured({proxied(port)}));
  EXPECT_NE(said.find("0 TCP, 1 UDP"), std::string::npos) << said;
}

TEST(Listeners, NamesAnUnusableDescriptor) {
  EXPECT_EQ(open_with({STDIN_FILENO}, {}),
            "descriptor 3 (unit0), passed in by LISTEN_FDS: is not a socket");
  const UniqueFd udp = out_of_the_way(bind_udp({kLoopback, 0}));
  EXPECT_EQ(open_with({udp.get(), STDIN_FILENO}, {}),
            "descriptor 4 (unit1), passed in by LISTEN_FDS: is not a socket");
}

}  // namespace
}  // namespace ot
