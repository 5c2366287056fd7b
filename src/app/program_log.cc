#include "app/program_log.h"

#include <sys/stat.h>
#include <unistd.h>

#include <string>

namespace ot {
namespace {

LogForm form_for(const Environment& environment) {
  return is_journal(STDERR_FILENO, environment.journal_stream) ? LogForm::journal : LogForm::dated;
}

}  // namespace

bool is_journal(int fd, std::string_view journal_stream) {
  struct stat file = {};
  if (journal_stream.empty() || ::fstat(fd, &file) != 0) return false;
  return journal_stream == std::to_string(file.st_dev) + ":" + std::to_string(file.st_ino);
}

ProgramLog::ProgramLog(LogTarget target, LogLevel lowest, const Environment& environment,
                       const Clock& clock, std::string_view syslog_socket)
    : standard_error_(std::make_unique<StderrLog>(lowest, form_for(environment), clock)) {
  if (target != LogTarget::syslog) return;
  auto connected = SyslogLog::connect(syslog_socket, lowest, *standard_error_);
  if (connected) {
    syslog_ = std::move(*connected);
  } else {
    standard_error_->warning("logging to standard error, since syslog cannot be reached: " +
                             connected.error().message());
  }
}

Log& ProgramLog::operator*() const {
  if (syslog_) return *syslog_;
  return *standard_error_;
}

}  // namespace ot
