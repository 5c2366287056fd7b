// A socket that somebody else has bound and passed in, as systemd does for a socket unit: checked,
// and given what our own sockets have.
//
// Such sockets outlive the process, so that a restart loses nothing that waits in them.
#pragma once

#include <cstdint>
#include <string>

#include "base/ip_address.h"
#include "base/posix.h"
#include "base/result.h"

namespace ot {

struct InheritedSocket {
  enum class Kind : uint8_t { tcp_listener, udp };

  Kind kind;
  Endpoint local;
  UniqueFd fd;
};

// Takes over `fd`, which becomes non-blocking and close-on-exec. The error says what kind of socket
// it is and which one would do: a listening TCP or a bound UDP socket, IPv4 or IPv6, not one for
// both families.
[[nodiscard]] Result<InheritedSocket, std::string> inherit_socket(UniqueFd fd);

}  // namespace ot
