// A connected Unix datagram socket, for messages to the system's log daemon and to systemd.
//
// The connection outlives a chroot that hides the path. If the other side has restarted, the next
// send() connects again, which works as long as the path is visible. Thread: send() may be called
// from any thread.
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
  // How long send() waits if the receiver's queue is full.
  enum class Wait : uint8_t { no, one_second };

  // `address` is a path, or a name in the abstract namespace after an @. ENAMETOOLONG if it is
  // empty or longer than 107 bytes.
  [[nodiscard]] static Result<UnixDatagram, SystemError> connect(std::string_view address);

  // Sends one datagram; false if nobody received it.
  [[nodiscard]] bool send(std::string_view text, Wait wait) const;

 private:
  UnixDatagram(UniqueFd socket, const sockaddr_un& address, socklen_t size)
      : socket_(std::move(socket)), address_(address), size_(size) {}

  UniqueFd socket_;
  sockaddr_un address_;
  socklen_t size_;
};

}  // namespace ot
