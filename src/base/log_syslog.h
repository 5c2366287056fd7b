// Writes to the system's log daemon. Not through syslog(3), whose connection is global, blocks when
// the daemon is slow, and is lost for good when the daemon restarts.
//
// A line is "<30>opentracker[pid]: warning: …": facility daemon, RFC 3164 without the time, which
// the daemon adds because it knows the time zone. A line the daemon does not take at once goes to
// the fallback. Thread: write() may be called from any thread.
#pragma once

#include <memory>
#include <string>

#include "base/log.h"
#include "base/unix_datagram.h"

namespace ot {

inline constexpr std::string_view kSyslogSocket = "/dev/log";

class SyslogLog final : public Log {
 public:
  // Connects at once, so that a later chroot does not matter. Drops messages less severe than
  // `lowest`. The fallback must outlive the log.
  [[nodiscard]] static Result<std::unique_ptr<SyslogLog>, SystemError> connect(
      std::string_view socket, LogLevel lowest, Log& fallback);
  void write(LogLevel level, std::string_view message, LogKind kind) override;

 private:
  SyslogLog(UnixDatagram socket, LogLevel lowest, Log& fallback);

  const UnixDatagram socket_;
  const LogLevel lowest_;
  Log& fallback_;
  const std::string tag_;
};

}  // namespace ot
