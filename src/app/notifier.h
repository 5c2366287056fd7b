// Reports to systemd, or a service manager like it, by the protocol of sd_notify(3): datagrams of
// NAME=value lines.
//
// Connected before a chroot hides the socket. Without a socket nothing is sent. What cannot be
// delivered is dropped, since a tracker serves its clients first. Thread: the loop's.
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
  // `socket` as in NOTIFY_SOCKET: a path, or @name; empty: nothing is sent.
  [[nodiscard]] static Result<Notifier, SystemError> connect(std::string_view socket);

  // These four wait up to a second for room in the socket.
  // The tracker serves; also the end of a reload. `status` is a line for `systemctl status`.
  void ready(std::string_view status) const;
  // A reload begins. `now` is the time of the system's monotonic clock.
  void reloading(MonotonicTime now) const;
  void stopping(std::string_view status) const;
  // Asks for this much time, from now on, before a start or stop counts as failed.
  void extend(Duration by) const;
  // These two never wait for room.
  void status(std::string_view status) const;
  // The loop runs. Must be sent more often than WATCHDOG_USEC says.
  void alive() const;

 private:
  explicit Notifier(UnixDatagram socket) : socket_(std::move(socket)) {}

  void tell(const std::string& text, UnixDatagram::Wait wait) const;

  std::optional<UnixDatagram> socket_;
};

}  // namespace ot
