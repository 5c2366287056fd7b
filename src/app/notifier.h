// Tells systemd, or who started us like it, how we are: the protocol of sd_notify(3), a datagram of
// NAME=value lines.
//
// Connected before a chroot hides the socket. Without one, everything here does nothing; what
// cannot be delivered is dropped, since a tracker serves clients first. Thread: that of the loop.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/clock.h"
#include "base/unix_datagram.h"

namespace ot {

class Notifier {
 public:
  Notifier() = default;
  // `socket` as in NOTIFY_SOCKET: a path, or @name; empty: nobody to tell.
  [[nodiscard]] static Result<Notifier, SystemError> connect(std::string_view socket);

  // Serving; also the end of a reload. `status` is a line for `systemctl status`.
  void ready(std::string_view status) const;
  // The configuration is being read again since `now`, on the system's monotonic clock.
  void reloading(MonotonicTime now) const;
  void stopping(std::string_view status) const;
  // The stop may take so much longer, from now on.
  void extend(Duration by) const;
  // These two never wait.
  void status(std::string_view status) const;
  // The loop turns. Due within the interval of WATCHDOG_USEC.
  void alive() const;

 private:
  explicit Notifier(UnixDatagram socket) : socket_(std::move(socket)) {}

  void tell(const std::string& text, UnixDatagram::Wait wait) const;

  std::optional<UnixDatagram> socket_;
};

}  // namespace ot
