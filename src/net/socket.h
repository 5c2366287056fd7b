// Sockets made from Endpoints, and addresses between the kernel's form and ours.
//
// Every socket is non-blocking and close-on-exec; an IPv6 socket never takes IPv4 (V6ONLY). Errors
// name what was being done to which address: "bind 0.0.0.0:6969: Address already in use".
#pragma once

#include <netinet/in.h>
#include <sys/socket.h>

#include <cstdint>
#include <string_view>

#include "base/ip_address.h"
#include "base/posix.h"
#include "base/result.h"

namespace ot {

// The kernel's form of an Endpoint of either family.
union SocketAddress {
  sockaddr any;
  sockaddr_in v4;
  sockaddr_in6 v6;

  SocketAddress() : v6{} {}
};

// Fills `out` and returns the size of its family's form.
socklen_t to_socket_address(const Endpoint& endpoint, SocketAddress& out);
// A family that is neither IPv4 nor IPv6 gives 0.0.0.0:0.
[[nodiscard]] Endpoint to_endpoint(const SocketAddress& address);

struct TcpListenOptions {
  int backlog = 4096;
  // Connections that send nothing are not shown to us for about as long (TCP_DEFER_ACCEPT).
  int defer_accept_seconds = 3;
  // For tests with slow readers; 0 leaves the kernel's choice.
  int send_buffer = 0;
  bool reuse_port = false;
};

// A listening socket. Port 0: one the kernel chooses.
[[nodiscard]] Result<UniqueFd, SystemError> listen_tcp(const Endpoint& endpoint,
                                                       const TcpListenOptions& options = {});

struct UdpSocketOptions {
  // Bytes; beyond the system's limit while privileged (SO_RCVBUFFORCE), else up to it.
  int receive_buffer = 16 << 20;
  int send_buffer = 1 << 20;
  bool reuse_port = false;
};

// A bound socket that on a wildcard address reports the address each datagram was sent to. Port 0:
// one the kernel chooses.
[[nodiscard]] Result<UniqueFd, SystemError> bind_udp(const Endpoint& endpoint,
                                                     const UdpSocketOptions& options = {});

// Make a socket that somebody else has bound (inherited_socket.h) serve as the two above do. Its
// buffers are raised, never lowered.
void prepare_tcp(int fd, const TcpListenOptions& options = {});
[[nodiscard]] Result<void, SystemError> prepare_udp(int fd, const Endpoint& endpoint,
                                                    const UdpSocketOptions& options = {});

// Where the kernel may not send an IPv4 datagram in fragments it need not draw an identification
// for each, either, which costs a fiftieth of a reply's time; one that is too large for its way
// then fails with EMSGSIZE. The sockets here forbid it, unless the system or who bound them has
// chosen something else than the kernel's own default.
void forbid_fragments(int fd);
// The kernel's default again; false, and nothing changed, if it was not forbidden.
[[nodiscard]] bool allow_fragments(int fd);

// How many datagrams the kernel has dropped since the socket is there, its receive buffer being
// full; counts modulo 2^32, 0 if the kernel does not say (before Linux 4.12).
[[nodiscard]] uint32_t dropped_datagrams(int fd);

// Where a socket is bound.
[[nodiscard]] Result<Endpoint, SystemError> local_endpoint(int fd);

// Whether the other end of a TCP connection has said that it sends nothing more, be it that it has
// closed or only shut down its side.
[[nodiscard]] bool is_half_closed(int fd);

// Whether the kernel has no such family, as when IPv6 is switched off.
[[nodiscard]] bool is_family_unsupported(const SystemError& error);

// Descriptors the process may have now; 0 if the kernel does not say.
[[nodiscard]] uint64_t descriptor_limit();
// Raises the soft limit of descriptors to the hard one; returns the limit now in force.
[[nodiscard]] Result<uint64_t, SystemError> raise_descriptor_limit();

}  // namespace ot
