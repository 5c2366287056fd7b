#include "base/log_syslog.h"

#include <syslog.h>
#include <unistd.h>

namespace ot {

Result<std::unique_ptr<SyslogLog>, SystemError> SyslogLog::connect(std::string_view socket,
                                                                   LogLevel lowest, Log& fallback) {
  auto connected = UnixDatagram::connect(socket);
  if (!connected) return Unexpected(connected.error());
  return std::unique_ptr<SyslogLog>(new SyslogLog(std::move(*connected), lowest, fallback));
}

SyslogLog::SyslogLog(UnixDatagram socket, LogLevel lowest, Log& fallback)
    : socket_(std::move(socket)),
      lowest_(lowest),
      fallback_(fallback),
      tag_(">opentracker[" + std::to_string(::getpid()) + "]: ") {}

void SyslogLog::write(LogLevel level, std::string_view message, LogKind kind) {
  if (level > lowest_) return;
  std::string line = "<" + std::to_string(LOG_DAEMON | syslog_priority(level)) + tag_;
  append_leveled(line, level, message);
  if (!socket_.send(line, UnixDatagram::Wait::no)) fallback_.write(level, message, kind);
}

}  // namespace ot
