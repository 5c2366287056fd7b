// A socket that another process bound and passed in, as systemd does for a socket unit: checked,
// and given the options of our own sockets.
//
// Such a socket outlives this process, so a restart loses nothing that waits in it.
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

// Takes over `fd`, which becomes non-blocking and close-on-exec. It must be a listening TCP or a
// bound UDP socket, IPv4 or IPv6 but not both; the error says what is wrong with it.
[[nodiscard]] Result<InheritedSocket, std::string> inherit_socket(UniqueFd fd);

}  // namespace ot
