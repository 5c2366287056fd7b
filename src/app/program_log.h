// Where log lines go: to standard error, in the form that suits its reader, or to the system's log
// daemon.
#pragma once

#include <memory>

#include "app/environment.h"
#include "base/log.h"
#include "base/log_syslog.h"

namespace ot {

enum class LogTarget : uint8_t { standard_error, syslog };

// Whether descriptor `fd` is the stream to the journal that JOURNAL_STREAM names, so that lines
// need no time. A descriptor that has been redirected since does not match.
[[nodiscard]] bool is_journal(int fd, std::string_view journal_stream);

class ProgramLog {
 public:
  // Connects, so it comes before the chroot. Without a log daemon at `syslog_socket` everything
  // goes to standard error, and a warning there says so. Messages below `lowest` are dropped.
  ProgramLog(LogTarget target, LogLevel lowest, const Environment& environment, const Clock& clock,
             std::string_view syslog_socket = kSyslogSocket);

  [[nodiscard]] Log& operator*() const;

 private:
  const std::unique_ptr<StderrLog> standard_error_;
  std::unique_ptr<SyslogLog> syslog_;
};

}  // namespace ot
