// A connected datagram socket of the Unix family: how a program talks to the system's log daemon
// and to whoever started it.
//
// The connection outlives a chroot that hides the path. When the other side has been restarted, the
// next send() connects again, which works as long as the path is still in sight. Thread: send() may
// be called from any.
#pragma once

#include <sys/socket.h>
#include <sys/un.h>

#include <cstdint>
#include <string_view>

#include "base/posix.h"
#include "base/result.h"

namespace ot {

class UnixDatagram {
 public:
  // How long a full queue on the other side may hold the caller.
  enum class Wait : uint8_t { no, one_second };

  // `address` is a path, or a name in the abstract namespace with a leading @; at most 107 bytes.
  [[nodiscard]] static Result<UnixDatagram, SystemError> connect(std::string_view address);

  // One datagram; false if nobody took it.
  [[nodiscard]] bool send(std::string_view text, Wait wait) const;

 private:
  UnixDatagram(UniqueFd socket, const sockaddr_un& address, socklen_t size)
      : socket_(std::move(socket)), address_(address), size_(size) {}

  [[nodiscard]] bool connect_again() const;

  UniqueFd socket_;
  sockaddr_un address_;
  socklen_t size_;
};

}  // namespace ot
