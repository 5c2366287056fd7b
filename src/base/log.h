// One line per event, with a level. A Log is passed to those who speak; nothing here is global.
//
// Thread: write() may be called from any thread; a line is one write(2). Bytes that are not
// printable ASCII become \xHH, so that nothing a client sent can forge a line or move a terminal's
// cursor (some terminals take the control characters U+0080 to U+009F in UTF-8, too). A line has at
// most kMaxLine bytes; what is longer ends in "...". Addresses of peers belong into debug lines.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/clock.h"

namespace ot {

enum class LogLevel : uint8_t { error, warning, info, debug };

// What lines have in common that a limit counts together (log_limit.h): the place in the source
// that writes them. Nobody has to name it; it costs two constants.
struct LogKind {
  const char* file;
  int line;

  // The place of the call, also of a call that has this among its default arguments.
  static constexpr LogKind here(const char* file = __builtin_FILE(),
                                int line = static_cast<int>(__builtin_LINE())) {
    return {file, line};
  }
  friend constexpr bool operator==(const LogKind&, const LogKind&) = default;
};

class Log {
 public:
  Log() = default;
  Log(const Log&) = delete;
  Log& operator=(const Log&) = delete;
  virtual ~Log() = default;

  virtual void write(LogLevel level, std::string_view message, LogKind kind) = 0;

  void error(std::string_view message, LogKind kind = LogKind::here()) {
    write(LogLevel::error, message, kind);
  }
  void warning(std::string_view message, LogKind kind = LogKind::here()) {
    write(LogLevel::warning, message, kind);
  }
  void info(std::string_view message, LogKind kind = LogKind::here()) {
    write(LogLevel::info, message, kind);
  }
  void debug(std::string_view message, LogKind kind = LogKind::here()) {
    write(LogLevel::debug, message, kind);
  }
};

// A write of so many bytes to a pipe is not torn apart (PIPE_BUF).
inline constexpr size_t kMaxLine = 4096;

// Appends "warning: message" (info has no word) in printable ASCII; `line` stays below kMaxLine.
void append_leveled(std::string& line, LogLevel level, std::string_view message);
// Appends the message alone, likewise.
void append_printable(std::string& line, std::string_view message);
// Appends "2026-03-01T12:34:56.789Z".
void append_time(std::string& out, WallTime time);
// The level's number in syslog(3), 3 for error to 7 for debug.
[[nodiscard]] int syslog_priority(LogLevel level);

// How a line begins.
enum class LogForm : uint8_t {
  plain,    // "opentracker: warning: …", for who typed the command
  dated,    // "2026-03-01T12:34:56.789Z opentracker: warning: …"
  journal,  // "<4>…": systemd adds the time and the name, and shows the level
};

// Lines on standard error. Messages below `lowest` are dropped.
class StderrLog final : public Log {
 public:
  StderrLog(LogLevel lowest, LogForm form, const Clock& clock)
      : lowest_(lowest), form_(form), clock_(clock) {}
  void write(LogLevel level, std::string_view message, LogKind kind) override;

 private:
  const LogLevel lowest_;
  const LogForm form_;
  const Clock& clock_;
};

}  // namespace ot
