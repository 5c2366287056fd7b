// What the program is told by its environment: by systemd, or by who does the same.
//
// Read once by main and passed in; nothing else looks at it. Sources: sd_listen_fds(3),
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
  // The first of the sockets that are passed in, by the protocol of sd_listen_fds(3).
  static constexpr int kFirstSocket = 3;

  // LISTEN_FDS sockets, with their names from LISTEN_FDNAMES ("" if they have none); only if
  // LISTEN_PID is this process.
  std::vector<std::string> sockets;
  // NOTIFY_SOCKET; empty: nobody waits for news.
  std::string notify_socket;
  // WATCHDOG_USEC: how long we may be silent; only if WATCHDOG_PID is this process or not given.
  std::optional<Duration> watchdog;
  // JOURNAL_STREAM, "device:inode" of a stream to the journal.
  std::string journal_stream;

  // `variables` as main gets them ("NAME=value", the last one nullptr), `self` is our process id. A
  // number that is none is an error.
  [[nodiscard]] static Result<Environment, StartError> parse(const char* const* variables,
                                                             pid_t self);
};

}  // namespace ot
