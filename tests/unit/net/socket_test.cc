#include "net/socket.h"

#include <sys/resource.h>
#include <sys/wait.h>

#include "loopback.h"

namespace ot {
namespace {

using loopback::endpoint;

int option(const UniqueFd& fd, int level, int name) {
  int value = -1;
  socklen_t size = sizeof value;
  EXPECT_EQ(getsockopt(fd.get(), level, name, &value, &size), 0);
  return value;
}

TEST(SocketAddressTest, SurvivesTheRoundTrip) {
  for (const Endpoint& original : {endpoint("192.0.2.1", 6969), endpoint("0.0.0.0", 1),
                                   endpoint("2001:db8::1", 65535), endpoint("::", 0)}) {
    SocketAddress address;
    const socklen_t size = to_socket_address(original, address);
    EXPECT_EQ(size, original.address.is_v4() ? sizeof(sockaddr_in) : sizeof(sockaddr_in6));
    EXPECT_EQ(to_endpoint(address), original);
  }
}

TEST(SocketAddressTest, GivesAMappedAddressItsIpv4Name) {
  SocketAddress address;
  address.v6.sin6_family = AF_INET6;
  address.v6.sin6_port = htons(7);
  address.v6.sin6_addr = {{{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff, 192, 0, 2, 1}}};
  EXPECT_EQ(to_endpoint(address), endpoint("192.0.2.1", 7));
}

TEST(SocketAddressTest, TakesAnUnknownFamilyForNothing) {
  SocketAddress address;
  address.any.sa_family = AF_UNIX;
  EXPECT_EQ(to_endpoint(address), Endpoint());
}

TEST(SocketTest, BindsWhereItIsTold) {
  const auto tcp = listen_tcp(endpoint("127.0.0.1"));
  const auto udp = bind_udp(endpoint("::1"));
  ASSERT_TRUE(tcp.has_value());
  ASSERT_TRUE(udp.has_value());
  EXPECT_EQ(local_endpoint(tcp->get())->address, endpoint("127.0.0.1").address);
  EXPECT_EQ(local_endpoint(udp->get())->address, endpoint("::1").address);
  EXPECT_NE(local_endpoint(udp->get())->port, 0);
}

TEST(SocketTest, NamesTheAddressThatIsTaken) {
  const auto first = bind_udp(endpoint("127.0.0.1"));
  const Endpoint taken = local_endpoint(first->get()).value();
  const auto second = bind_udp(taken);
  ASSERT_FALSE(second.has_value());
  EXPECT_EQ(second.error().message(), "bind UDP " + taken.to_string() + ": Address already in use");
  EXPECT_FALSE(is_family_unsupported(second.error()));
}

TEST(SocketTest, BindsAnAddressThatIsNotThereOnDemand) {
  for (const char* absent : {"203.0.113.9", "2001:db8::9"}) {
    const Endpoint late = endpoint(absent);
    const auto refused = listen_tcp(late);
    ASSERT_FALSE(refused.has_value());
    EXPECT_EQ(refused.error().code, EADDRNOTAVAIL);
    EXPECT_EQ(bind_udp(late).error().code, EADDRNOTAVAIL);
    const auto tcp = listen_tcp(late, {.free_bind = true});
    const auto udp = bind_udp(late, {.free_bind = true});
    ASSERT_TRUE(tcp.has_value() && udp.has_value()) << absent;
    EXPECT_EQ(local_endpoint(tcp->get())->address, late.address);
    EXPECT_EQ(local_endpoint(udp->get())->address, late.address);
  }
}

TEST(SocketTest, DoesNotShareAListener) {
  const auto first = listen_tcp(endpoint("127.0.0.1"));
  const auto second = listen_tcp(local_endpoint(first->get()).value());
  ASSERT_FALSE(second.has_value());
  EXPECT_EQ(second.error().code, EADDRINUSE);
}

TEST(SocketTest, SharesAPortBetweenLoopsOnDemand) {
  const auto first = listen_tcp(endpoint("127.0.0.1"), {.reuse_port = true});
  EXPECT_TRUE(listen_tcp(local_endpoint(first->get()).value(), {.reuse_port = true}).has_value());
  const auto udp = bind_udp(endpoint("127.0.0.1"), {.reuse_port = true});
  EXPECT_TRUE(bind_udp(local_endpoint(udp->get()).value(), {.reuse_port = true}).has_value());
}

TEST(SocketTest, LeavesIpv4ToItsOwnSocket) {
  const auto v6 = listen_tcp(endpoint("::"));
  const uint16_t port = local_endpoint(v6->get())->port;
  EXPECT_TRUE(listen_tcp(endpoint("0.0.0.0", port)).has_value());
  const auto udp6 = bind_udp(endpoint("::"));
  EXPECT_TRUE(bind_udp(endpoint("0.0.0.0", local_endpoint(udp6->get())->port)).has_value());
}

TEST(SocketTest, DoesNotBlockAndIsNotInherited) {
  const auto tcp = listen_tcp(endpoint("127.0.0.1"));
  const auto udp = bind_udp(endpoint("127.0.0.1"));
  for (const int fd : {tcp->get(), udp->get()}) {
    EXPECT_TRUE(fcntl(fd, F_GETFL) & O_NONBLOCK);
    EXPECT_TRUE(fcntl(fd, F_GETFD) & FD_CLOEXEC);
  }
}

TEST(SocketTest, AsksForTheAddressOnWildcardsOnly) {
  const auto wildcard = bind_udp(endpoint("0.0.0.0"));
  const auto wildcard6 = bind_udp(endpoint("::"));
  const auto single = bind_udp(endpoint("127.0.0.1"));
  EXPECT_EQ(option(*wildcard, IPPROTO_IP, IP_PKTINFO), 1);
  EXPECT_EQ(option(*wildcard6, IPPROTO_IPV6, IPV6_RECVPKTINFO), 1);
  EXPECT_EQ(option(*single, IPPROTO_IP, IP_PKTINFO), 0);
}

TEST(SocketTest, ForbidsFragmentsUnlessToldOtherwise) {
  const auto socket = bind_udp(endpoint("127.0.0.1"));
  EXPECT_EQ(option(*socket, IPPROTO_IP, IP_MTU_DISCOVER), IP_PMTUDISC_DO);
  EXPECT_TRUE(allow_fragments(socket->get()));
  EXPECT_EQ(option(*socket, IPPROTO_IP, IP_MTU_DISCOVER), IP_PMTUDISC_WANT);
  const int omit = IP_PMTUDISC_OMIT;
  ASSERT_EQ(setsockopt(socket->get(), IPPROTO_IP, IP_MTU_DISCOVER, &omit, sizeof omit), 0);
  forbid_fragments(socket->get());
  EXPECT_FALSE(allow_fragments(socket->get()));
  EXPECT_EQ(option(*socket, IPPROTO_IP, IP_MTU_DISCOVER), IP_PMTUDISC_OMIT);
}

TEST(SocketTest, HoldsConnectionsBackUntilTheySendSomething) {
  const auto listener = listen_tcp(endpoint("127.0.0.1"));
  EXPECT_GT(option(*listener, IPPROTO_TCP, TCP_DEFER_ACCEPT), 0);
}

TEST(SocketTest, RecognisesAFamilyTheKernelLacks) {
  EXPECT_TRUE(is_family_unsupported({EAFNOSUPPORT, "socket [::]:6969"}));
  EXPECT_FALSE(is_family_unsupported({EACCES, "bind [::]:1"}));
}

// In a child: the limit of this process is left alone.
TEST(DescriptorLimitTest, RisesToTheHardLimit) {
  const pid_t child = fork();
  if (child == 0) {
    rlimit limit{};
    getrlimit(RLIMIT_NOFILE, &limit);
    limit.rlim_cur = 64;
    setrlimit(RLIMIT_NOFILE, &limit);
    const auto raised = raise_descriptor_limit();
    getrlimit(RLIMIT_NOFILE, &limit);
    _exit(raised && *raised == limit.rlim_max && limit.rlim_cur == limit.rlim_max ? 0 : 1);
  }
  int status = -1;
  ASSERT_EQ(waitpid(child, &status, 0), child);
  EXPECT_EQ(status, 0);
}

}  // namespace
}  // namespace ot
