#include "net/inherited_socket.h"

#include <fcntl.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <optional>

#include "net/socket.h"

namespace ot {
namespace {

using Fault = Unexpected<std::string>;

std::optional<int> option(int fd, int level, int name) {
  int value = 0;
  socklen_t size = sizeof value;
  if (getsockopt(fd, level, name, &value, &size) != 0) return std::nullopt;
  return value;
}

bool make_non_blocking(int fd) {
  const int flags = fcntl(fd, F_GETFL);
  return flags >= 0 && fcntl(fd, F_SETFL, flags | O_NONBLOCK) == 0 &&
         fcntl(fd, F_SETFD, FD_CLOEXEC) == 0;
}

struct Protocol {
  int type;
  int protocol;
  InheritedSocket::Kind kind;
};

constexpr Protocol kProtocols[] = {
    {SOCK_STREAM, IPPROTO_TCP, InheritedSocket::Kind::tcp_listener},
    {SOCK_DGRAM, IPPROTO_UDP, InheritedSocket::Kind::udp},
};

Result<InheritedSocket::Kind, std::string> kind_of(int fd) {
  const auto type = option(fd, SOL_SOCKET, SO_TYPE);
  if (!type) return Fault("is not a socket");
  const int domain = option(fd, SOL_SOCKET, SO_DOMAIN).value_or(AF_UNSPEC);
  if (domain != AF_INET && domain != AF_INET6)
    return Fault("is neither IPv4 nor IPv6; pass an address and a port");
  const auto protocol = option(fd, SOL_SOCKET, SO_PROTOCOL);
  for (const Protocol& row : kProtocols) {
    if (type == row.type && protocol == row.protocol) return row.kind;
  }
  return Fault("is neither TCP nor UDP (type " + std::to_string(*type) + ", protocol " +
               std::to_string(protocol.value_or(-1)) + ")");
}

// True also for a mapped IPv4 address: its datagrams are IPv4 in all but the form of the address.
bool takes_both_families(int fd, const Endpoint& local) {
  if (option(fd, SOL_SOCKET, SO_DOMAIN) != AF_INET6) return false;
  return local.address.is_v4() ||
         (local.address.is_unspecified() && option(fd, IPPROTO_IPV6, IPV6_V6ONLY) != 1);
}

Result<void, std::string> check_binding(int fd, InheritedSocket::Kind kind, const Endpoint& local) {
  const std::string name =
      (kind == InheritedSocket::Kind::udp ? "UDP " : "TCP ") + local.to_string();
  if (local.port == 0) return Fault(name + ": is not bound to a port");
  if (kind == InheritedSocket::Kind::tcp_listener && option(fd, SOL_SOCKET, SO_ACCEPTCONN) != 1)
    return Fault(name + ": does not listen; a socket unit needs Accept=no");
  if (takes_both_families(fd, local)) {
    return Fault(name + ": takes IPv4 and IPv6 at once; a socket unit needs " +
                 "BindIPv6Only=ipv6-only, and a line of its own for IPv4");
  }
  return {};
}

}  // namespace

Result<InheritedSocket, std::string> inherit_socket(UniqueFd fd) {
  const auto kind = kind_of(fd.get());
  if (!kind) return Fault(kind.error());
  const auto local = local_endpoint(fd.get());
  if (!local) return Fault(local.error().message());
  if (auto bound = check_binding(fd.get(), *kind, *local); !bound) return Fault(bound.error());
  if (!make_non_blocking(fd.get())) return Fault(SystemError(last_error("fcntl").take()).message());
  if (*kind == InheritedSocket::Kind::tcp_listener) {
    prepare_tcp(fd.get());
  } else if (auto prepared = prepare_udp(fd.get(), *local); !prepared) {
    return Fault(prepared.error().message());
  }
  return InheritedSocket{*kind, *local, std::move(fd)};
}

}  // namespace ot
