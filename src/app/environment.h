// What systemd, or a service manager like it, passes in environment variables.
//
// Read once by main and passed on; nothing else reads the environment. Sources: sd_listen_fds(3),
// sd_notify(3), sd_watchdog_enabled(3), systemd.exec(5) for JOURNAL_STREAM.
#pragma once

#include <sys/types.h>

#include <optional>
#include <string>
#include <vector>

#include "app/start_error.h"
#include "base/clock.h"
#include "base/result.h"

namespace ot {

struct Environment {
  // The descriptor of the first socket passed in, as sd_listen_fds(3) specifies.
  static constexpr int kFirstSocket = 3;

  // One for each of the LISTEN_FDS sockets: its name from LISTEN_FDNAMES, or "". Empty unless
  // LISTEN_PID is this process.
  std::vector<std::string> sockets;
  // NOTIFY_SOCKET; empty: nobody is to be notified.
  std::string notify_socket;
  // WATCHDOG_USEC: how long we may be silent; only if WATCHDOG_PID is this process or not set.
  std::optional<Duration> watchdog;
  // JOURNAL_STREAM: "device:inode" of the stream to the journal.
  std::string journal_stream;

  // `variables` as main gets them ("NAME=value", the last one nullptr); `self` is our process id.
  // An invalid number is an error.
  [[nodiscard]] static Result<Environment, StartError> parse(const char* const* variables,
                                                             pid_t self);
};

}  // namespace ot
