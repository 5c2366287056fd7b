// Makes sockets from Endpoints, and converts addresses between the kernel's form and ours.
//
// Every socket is non-blocking and close-on-exec; an IPv6 socket takes no IPv4 (V6ONLY). Errors
// name the step, the protocol and the address: "bind TCP 0.0.0.0:6969: Address already in use".
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

// Fills in `out` and returns the size of the form its family has.
socklen_t to_socket_address(const Endpoint& endpoint, SocketAddress& out);
// 0.0.0.0:0 for a family that is neither IPv4 nor IPv6.
[[nodiscard]] Endpoint to_endpoint(const SocketAddress& address);

struct TcpListenOptions {
  int backlog = 4096;
  // How long the kernel holds back a connection that has sent nothing (TCP_DEFER_ACCEPT).
  int defer_accept_seconds = 3;
  // For tests with slow readers; 0 keeps the kernel's default.
  int send_buffer = 0;
  bool reuse_port = false;
  // Binds also an address that this machine does not have (yet), as IP_FREEBIND does.
  bool free_bind = false;
};

// A listening socket. For port 0 the kernel chooses a port.
[[nodiscard]] Result<UniqueFd, SystemError> listen_tcp(const Endpoint& endpoint,
                                                       const TcpListenOptions& options = {});

struct UdpSocketOptions {
  // Bytes. Only a privileged process gets more than the system's limit (SO_RCVBUFFORCE).
  int receive_buffer = 16 << 20;
  int send_buffer = 1 << 20;
  bool reuse_port = false;
  bool free_bind = false;  // as for TCP
};

// A bound socket; on a wildcard address it reports the address each datagram was sent to. For port
// 0 the kernel chooses a port.
[[nodiscard]] Result<UniqueFd, SystemError> bind_udp(const Endpoint& endpoint,
                                                     const UdpSocketOptions& options = {});

// Give a socket that another process bound (inherited_socket.h) the options of the two above. Its
// buffers are raised, never lowered.
void prepare_tcp(int fd, const TcpListenOptions& options = {});
[[nodiscard]] Result<void, SystemError> prepare_udp(int fd, const Endpoint& endpoint,
                                                    const UdpSocketOptions& options = {});

// Keeps the kernel from sending IPv4 datagrams in fragments. Then it need not choose an
// identification for each, which saves a fiftieth of a reply's time; a datagram too large for its
// path fails with EMSGSIZE. Does nothing if the system, or the process that bound the socket, has
// changed the kernel's default.
void forbid_fragments(int fd);
// Restores the kernel's default. False, and nothing changed, if fragments were not forbidden.
[[nodiscard]] bool allow_fragments(int fd);

// How many datagrams the kernel has dropped in the socket's life because its receive buffer was
// full, modulo 2^32; 0 before Linux 4.12, which does not tell.
[[nodiscard]] uint32_t dropped_datagrams(int fd);

// The address a socket is bound to.
[[nodiscard]] Result<Endpoint, SystemError> local_endpoint(int fd);

// Whether the error means that the kernel lacks the family, as when IPv6 is switched off.
[[nodiscard]] bool is_family_unsupported(const SystemError& error);

// How many descriptors the process may have; 0 if the kernel does not tell.
[[nodiscard]] uint64_t descriptor_limit();
// Raises the soft limit of descriptors to the hard one; returns the new limit.
[[nodiscard]] Result<uint64_t, SystemError> raise_descriptor_limit();

}  // namespace ot
