#include "net/socket.h"

#include <linux/sock_diag.h>
#include <netinet/tcp.h>
#include <sys/resource.h>

#include <array>
#include <cerrno>
#include <string>

namespace ot {
namespace {

bool set_option(int fd, int level, int name, int value) {
  return setsockopt(fd, level, name, &value, sizeof value) == 0;
}

// -1 if the socket has no such option.
int get_option(int fd, int level, int name) {
  int value = -1;
  socklen_t size = sizeof value;
  return getsockopt(fd, level, name, &value, &size) == 0 ? value : -1;
}

struct BufferOption {
  int forced;   // needs privilege, ignores the system's limit
  int limited;  // obeys the limit; read back, it includes the kernel's overhead: twice as much
};
constexpr BufferOption kReceiveBuffer{SO_RCVBUFFORCE, SO_RCVBUF};
constexpr BufferOption kSendBuffer{SO_SNDBUFFORCE, SO_SNDBUF};

// Best effort, here and below: a small buffer loses datagrams in a burst, nothing else.
void set_buffer(int fd, const BufferOption& option, int bytes) {
  if (!set_option(fd, SOL_SOCKET, option.forced, bytes))
    set_option(fd, SOL_SOCKET, option.limited, bytes);
}

// Never lowers: a passed-in socket may have a buffer beyond the limit, which we could not restore.
void raise_buffer(int fd, const BufferOption& option, int bytes) {
  const int current = get_option(fd, SOL_SOCKET, option.limited);
  if (current / 2 >= bytes || set_option(fd, SOL_SOCKET, option.forced, bytes)) return;
  const UniqueFd scratch(socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0));
  const bool tried = set_option(scratch.get(), SOL_SOCKET, option.limited, bytes);
  if (tried && get_option(scratch.get(), SOL_SOCKET, option.limited) > current)
    set_option(fd, SOL_SOCKET, option.limited, bytes);
}

// What is to be opened.
struct Wanted {
  int type;
  const Endpoint& endpoint;
  bool reuse_port;
  bool free_bind;
};

Unexpected<SystemError> failed(std::string_view what, int type, const Endpoint& endpoint) {
  const std::string_view protocol = type == SOCK_STREAM ? " TCP " : " UDP ";
  return last_error(std::string(what) + std::string(protocol) + endpoint.to_string());
}

// Linux knows IPV6_FREEBIND since 4.15; before, the option of IPv4 did for both.
bool set_free_bind(int fd, bool v4) {
  return (!v4 && set_option(fd, IPPROTO_IPV6, IPV6_FREEBIND, 1)) ||
         set_option(fd, IPPROTO_IP, IP_FREEBIND, 1);
}

// A socket of the endpoint's family with what all of ours share.
Result<UniqueFd, SystemError> open_socket(const Wanted& wanted) {
  const auto& [type, endpoint, reuse_port, free_bind] = wanted;
  const bool v4 = endpoint.address.is_v4();
  UniqueFd fd(socket(v4 ? AF_INET : AF_INET6, type | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
  if (!fd) return failed("socket", type, endpoint);
  if (!v4 && !set_option(fd.get(), IPPROTO_IPV6, IPV6_V6ONLY, 1))
    return failed("IPV6_V6ONLY", type, endpoint);
  if (reuse_port && !set_option(fd.get(), SOL_SOCKET, SO_REUSEPORT, 1))
    return failed("SO_REUSEPORT", type, endpoint);
  if (free_bind && !set_free_bind(fd.get(), v4)) return failed("IP_FREEBIND", type, endpoint);
  return fd;
}

Result<void, SystemError> bind_socket(int fd, int type, const Endpoint& endpoint) {
  SocketAddress address;
  const socklen_t size = to_socket_address(endpoint, address);
  if (bind(fd, &address.any, size) != 0) return failed("bind", type, endpoint);
  return {};
}

// Options of every UDP socket, whether we bound it or it was passed in.
Result<void, SystemError> set_udp_options(int fd, const Endpoint& endpoint) {
  if (endpoint.address.is_v4()) forbid_fragments(fd);
  if (!endpoint.address.is_unspecified()) return {};
  const bool told = endpoint.address.is_v4() ? set_option(fd, IPPROTO_IP, IP_PKTINFO, 1)
                                             : set_option(fd, IPPROTO_IPV6, IPV6_RECVPKTINFO, 1);
  if (!told) return failed("PKTINFO", SOCK_DGRAM, endpoint);
  return {};
}

}  // namespace

socklen_t to_socket_address(const Endpoint& endpoint, SocketAddress& out) {
  const ByteView bytes = endpoint.address.bytes();
  out = SocketAddress();
  if (endpoint.address.is_v4()) {
    out.v4 = {};
    out.v4.sin_family = AF_INET;
    out.v4.sin_port = htons(endpoint.port);
    std::memcpy(&out.v4.sin_addr, bytes.data(), bytes.size());
    return sizeof out.v4;
  }
  out.v6.sin6_family = AF_INET6;
  out.v6.sin6_port = htons(endpoint.port);
  std::memcpy(&out.v6.sin6_addr, bytes.data(), bytes.size());
  return sizeof out.v6;
}

Endpoint to_endpoint(const SocketAddress& address) {
  if (address.any.sa_family == AF_INET) {
    std::array<uint8_t, 4> bytes{};
    std::memcpy(bytes.data(), &address.v4.sin_addr, bytes.size());
    return {IpAddress::v4(bytes), ntohs(address.v4.sin_port)};
  }
  if (address.any.sa_family == AF_INET6) {
    std::array<uint8_t, 16> bytes{};
    std::memcpy(bytes.data(), &address.v6.sin6_addr, bytes.size());
    return {IpAddress::v6(bytes), ntohs(address.v6.sin6_port)};
  }
  return {};
}

void prepare_tcp(int fd, const TcpListenOptions& options) {
  if (options.send_buffer > 0) set_option(fd, SOL_SOCKET, SO_SNDBUF, options.send_buffer);
  // Neither is needed to work, so errors are ignored. Accepted sockets inherit TCP_NODELAY.
  set_option(fd, IPPROTO_TCP, TCP_DEFER_ACCEPT, options.defer_accept_seconds);
  set_option(fd, IPPROTO_TCP, TCP_NODELAY, 1);
}

Result<void, SystemError> prepare_udp(int fd, const Endpoint& endpoint,
                                      const UdpSocketOptions& options) {
  raise_buffer(fd, kReceiveBuffer, options.receive_buffer);
  raise_buffer(fd, kSendBuffer, options.send_buffer);
  // The other process may have switched on this count with each datagram; dropped_datagrams() is
  // cheaper.
  set_option(fd, SOL_SOCKET, SO_RXQ_OVFL, 0);
  return set_udp_options(fd, endpoint);
}

Result<UniqueFd, SystemError> listen_tcp(const Endpoint& endpoint,
                                         const TcpListenOptions& options) {
  auto fd = open_socket({SOCK_STREAM, endpoint, options.reuse_port, options.free_bind});
  if (!fd) return fd;
  // Not for UDP, where a second tracker could take over the port unnoticed.
  if (!set_option(fd->get(), SOL_SOCKET, SO_REUSEADDR, 1))
    return failed("SO_REUSEADDR", SOCK_STREAM, endpoint);
  prepare_tcp(fd->get(), options);
  if (auto bound = bind_socket(fd->get(), SOCK_STREAM, endpoint); !bound)
    return Unexpected(bound.error());
  if (listen(fd->get(), options.backlog) != 0) return failed("listen", SOCK_STREAM, endpoint);
  return fd;
}

Result<UniqueFd, SystemError> bind_udp(const Endpoint& endpoint, const UdpSocketOptions& options) {
  auto fd = open_socket({SOCK_DGRAM, endpoint, options.reuse_port, options.free_bind});
  if (!fd) return fd;
  set_buffer(fd->get(), kReceiveBuffer, options.receive_buffer);
  set_buffer(fd->get(), kSendBuffer, options.send_buffer);
  if (auto asked = set_udp_options(fd->get(), endpoint); !asked) return Unexpected(asked.error());
  if (auto bound = bind_socket(fd->get(), SOCK_DGRAM, endpoint); !bound)
    return Unexpected(bound.error());
  return fd;
}

// Best effort. With either value the kernel sets "don't fragment" as long as that works.
void forbid_fragments(int fd) {
  if (get_option(fd, IPPROTO_IP, IP_MTU_DISCOVER) == IP_PMTUDISC_WANT)
    set_option(fd, IPPROTO_IP, IP_MTU_DISCOVER, IP_PMTUDISC_DO);
}

bool allow_fragments(int fd) {
  return get_option(fd, IPPROTO_IP, IP_MTU_DISCOVER) == IP_PMTUDISC_DO &&
         set_option(fd, IPPROTO_IP, IP_MTU_DISCOVER, IP_PMTUDISC_WANT);
}

uint32_t dropped_datagrams(int fd) {
  std::array<uint32_t, SK_MEMINFO_VARS> counts{};
  socklen_t size = sizeof counts;
  const bool told = getsockopt(fd, SOL_SOCKET, SO_MEMINFO, counts.data(), &size) == 0;
  return told ? counts[SK_MEMINFO_DROPS] : 0;
}

Result<Endpoint, SystemError> local_endpoint(int fd) {
  SocketAddress address;
  socklen_t size = sizeof address;
  if (getsockname(fd, &address.any, &size) != 0) return last_error("getsockname");
  return to_endpoint(address);
}

bool is_family_unsupported(const SystemError& error) { return error.code == EAFNOSUPPORT; }

uint64_t descriptor_limit() {
  rlimit limit{};
  return getrlimit(RLIMIT_NOFILE, &limit) == 0 ? limit.rlim_cur : 0;
}

Result<uint64_t, SystemError> raise_descriptor_limit() {
  rlimit limit{};
  if (getrlimit(RLIMIT_NOFILE, &limit) != 0) return last_error("getrlimit");
  if (limit.rlim_cur < limit.rlim_max) {
    limit.rlim_cur = limit.rlim_max;
    if (setrlimit(RLIMIT_NOFILE, &limit) != 0) return last_error("setrlimit");
  }
  return uint64_t{limit.rlim_cur};
}

}  // namespace ot
