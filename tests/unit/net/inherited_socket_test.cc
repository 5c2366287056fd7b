#include "net/inherited_socket.h"

#include <sys/un.h>

#include "loopback.h"

namespace ot {
namespace {

using loopback::endpoint;

// A socket as another process makes it: without our options.
UniqueFd plain(int family, int type) { return UniqueFd(socket(family, type, 0)); }

UniqueFd bound(int type, const Endpoint& at, bool v6_only = true) {
  UniqueFd fd = plain(at.address.is_v4() ? AF_INET : AF_INET6, type);
  const int value = v6_only ? 1 : 0;
  if (!at.address.is_v4()) setsockopt(fd.get(), IPPROTO_IPV6, IPV6_V6ONLY, &value, sizeof value);
  SocketAddress address;
  const socklen_t size = to_socket_address(at, address);
  EXPECT_EQ(bind(fd.get(), &address.any, size), 0) << strerror(errno);
  return fd;
}

UniqueFd listening(const Endpoint& at, bool v6_only = true) {
  UniqueFd fd = bound(SOCK_STREAM, at, v6_only);
  EXPECT_EQ(listen(fd.get(), 5), 0);
  return fd;
}

int option(int fd, int level, int name) {
  int value = -1;
  socklen_t size = sizeof value;
  EXPECT_EQ(getsockopt(fd, level, name, &value, &size), 0);
  return value;
}

std::string refusal(UniqueFd fd) {
  const auto inherited = inherit_socket(std::move(fd));
  return inherited ? "taken" : inherited.error();
}

bool ends_with(const std::string& text, std::string_view end) {
  return text.size() >= end.size() && text.substr(text.size() - end.size()) == end;
}

TEST(InheritedSocket, IsTcpOrUdpOfEitherFamily) {
  using Kind = InheritedSocket::Kind;
  for (const char* address : {"127.0.0.1", "0.0.0.0", "::1", "::"}) {
    const auto tcp = inherit_socket(listening(endpoint(address)));
    const auto udp = inherit_socket(bound(SOCK_DGRAM, endpoint(address)));
    ASSERT_TRUE(tcp && udp) << address;
    EXPECT_EQ(tcp->kind, Kind::tcp_listener);
    EXPECT_EQ(udp->kind, Kind::udp);
    EXPECT_EQ(tcp->local, local_endpoint(tcp->fd.get()).value());
    EXPECT_EQ(udp->local.address, endpoint(address).address);
  }
}

TEST(InheritedSocket, GetsWhatOurOwnSocketsHave) {
  const auto tcp = inherit_socket(listening(endpoint("127.0.0.1")));
  UniqueFd counting = bound(SOCK_DGRAM, endpoint("0.0.0.0"));
  const int on = 1;
  ASSERT_EQ(setsockopt(counting.get(), SOL_SOCKET, SO_RXQ_OVFL, &on, sizeof on), 0);
  const auto udp = inherit_socket(std::move(counting));
  const auto udp6 = inherit_socket(bound(SOCK_DGRAM, endpoint("::")));
  for (const int fd : {tcp->fd.get(), udp->fd.get()}) {
    EXPECT_TRUE(fcntl(fd, F_GETFL) & O_NONBLOCK);
    EXPECT_TRUE(fcntl(fd, F_GETFD) & FD_CLOEXEC);
  }
  EXPECT_GT(option(tcp->fd.get(), IPPROTO_TCP, TCP_DEFER_ACCEPT), 0);
  EXPECT_EQ(option(udp->fd.get(), SOL_SOCKET, SO_RXQ_OVFL), 0);
  EXPECT_EQ(option(udp->fd.get(), IPPROTO_IP, IP_MTU_DISCOVER), IP_PMTUDISC_DO);
  EXPECT_EQ(option(udp->fd.get(), IPPROTO_IP, IP_PKTINFO), 1);
  EXPECT_EQ(option(udp6->fd.get(), IPPROTO_IPV6, IPV6_RECVPKTINFO), 1);
  const auto own = bind_udp(endpoint("0.0.0.0"));
  for (const int buffer : {SO_RCVBUF, SO_SNDBUF}) {
    EXPECT_EQ(option(udp->fd.get(), SOL_SOCKET, buffer), option(own->get(), SOL_SOCKET, buffer));
  }
}

TEST(InheritedSocket, KeepsALargerBuffer) {
  UniqueFd fd = bound(SOCK_DGRAM, endpoint("127.0.0.1"));
  const int larger = 64 << 20;
  setsockopt(fd.get(), SOL_SOCKET, SO_RCVBUFFORCE, &larger, sizeof larger);
  const int before = option(fd.get(), SOL_SOCKET, SO_RCVBUF);
  const auto inherited = inherit_socket(std::move(fd));
  EXPECT_GE(option(inherited->fd.get(), SOL_SOCKET, SO_RCVBUF), before);
}

TEST(InheritedSocket, MustNotTakeBothFamilies) {
  const char* const advice =
      ": takes IPv4 and IPv6 at once; a socket unit needs BindIPv6Only=ipv6-only, and a line of "
      "its "
      "own for IPv4";
  UniqueFd tcp = listening(endpoint("::"), false);
  const std::string name = "TCP " + local_endpoint(tcp.get())->to_string();
  EXPECT_EQ(refusal(std::move(tcp)), name + advice);
  EXPECT_TRUE(ends_with(refusal(bound(SOCK_DGRAM, endpoint("::"), false)), advice));
  EXPECT_EQ(refusal(bound(SOCK_DGRAM, endpoint("::1"), false)), "taken");
}

TEST(InheritedSocket, MustNotBeBoundToAMappedAddress) {
  UniqueFd fd = plain(AF_INET6, SOCK_DGRAM);
  SocketAddress address;
  address.v6.sin6_family = AF_INET6;
  address.v6.sin6_addr = {{{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff, 127, 0, 0, 1}}};
  const int off = 0;
  setsockopt(fd.get(), IPPROTO_IPV6, IPV6_V6ONLY, &off, sizeof off);
  ASSERT_EQ(bind(fd.get(), &address.any, sizeof address.v6), 0) << strerror(errno);
  EXPECT_NE(refusal(std::move(fd)).find("takes IPv4 and IPv6 at once"), std::string::npos);
}

TEST(InheritedSocket, MustBeASocketThatCanServe) {
  EXPECT_EQ(refusal(UniqueFd(open("/dev/null", O_RDONLY))), "is not a socket");
  EXPECT_EQ(refusal(UniqueFd(1 << 20)), "is not a socket");
  EXPECT_EQ(refusal(plain(AF_UNIX, SOCK_STREAM)),
            "is neither IPv4 nor IPv6; pass an address and a port");
  EXPECT_EQ(refusal(UniqueFd(socket(AF_INET, SOCK_DGRAM, IPPROTO_UDPLITE))),
            "is neither TCP nor UDP (type 2, protocol 136)");
  EXPECT_EQ(refusal(plain(AF_INET, SOCK_DGRAM)), "UDP 0.0.0.0:0: is not bound to a port");
  EXPECT_TRUE(ends_with(refusal(bound(SOCK_STREAM, endpoint("127.0.0.1"))),
                        ": does not listen; a socket unit needs Accept=no"));
}

}  // namespace
}  // namespace ot
