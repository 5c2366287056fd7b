#include "app/notifier.h"

#include <algorithm>
#include <cassert>

namespace ot {
namespace {

// A line feed in it would begin another variable.
std::string status_line(std::string_view status) {
  std::string line = "STATUS=" + std::string(status);
  std::replace(line.begin(), line.end(), '\n', ' ');
  return line;
}

}  // namespace

Result<Notifier, SystemError> Notifier::connect(std::string_view socket) {
  if (socket.empty()) return Notifier();
  auto connected = UnixDatagram::connect(socket);
  if (!connected) return Unexpected(connected.error());
  return Notifier(std::move(*connected));
}

void Notifier::tell(const std::string& text, UnixDatagram::Wait wait) const {
  if (!socket_) return;
  [[maybe_unused]] const bool delivered = socket_->send(text, wait);
}

void Notifier::ready(std::string_view status) const {
  tell("READY=1\n" + status_line(status), UnixDatagram::Wait::one_second);
}

void Notifier::reloading(MonotonicTime now) const {
  const auto microseconds =
      std::chrono::floor<std::chrono::microseconds>(now.time_since_epoch()).count();
  tell("RELOADING=1\nMONOTONIC_USEC=" + std::to_string(microseconds),
       UnixDatagram::Wait::one_second);
}

void Notifier::stopping(std::string_view status) const {
  tell("STOPPING=1\n" + status_line(status), UnixDatagram::Wait::one_second);
}

void Notifier::extend(Duration by) const {
  assert(by > Duration(0));
  const auto microseconds = std::chrono::floor<std::chrono::microseconds>(by).count();
  tell("EXTEND_TIMEOUT_USEC=" + std::to_string(microseconds), UnixDatagram::Wait::one_second);
}

void Notifier::status(std::string_view status) const {
  tell(status_line(status), UnixDatagram::Wait::no);
}

void Notifier::alive() const { tell("WATCHDOG=1", UnixDatagram::Wait::no); }

}  // namespace ot
