// One line per event, with a level. A Log is passed to whatever writes to it; nothing is global.
//
// Thread: write() may be called from any thread; a line is one write(2). Bytes that are not
// printable ASCII become \xHH, so that nothing a client sends can forge a line or move a terminal's
// cursor (some terminals obey U+0080 to U+009F in UTF-8, too). A line has at most kMaxLine bytes;
// a longer one is cut and ends in "...". Addresses of peers belong in debug lines.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/clock.h"

namespace ot {

enum class LogLevel : uint8_t { error, warning, info, debug };

// The place in the source that writes a line. LimitedLog (log_limit.h) counts the lines from one
// place together. The default arguments below fill it in; it costs two constants.
struct LogKind {
  const char* file;
  int line;

  // The place of the call; as a default argument, the place where the function is called.
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

// PIPE_BUF: a write to a pipe up to this size is atomic.
inline constexpr size_t kMaxLine = 4096;

// Appends "warning: message" (nothing stands before an info message) in printable ASCII, cut so
// that `line` stays shorter than kMaxLine; what is in `line` before must be short.
void append_leveled(std::string& line, LogLevel level, std::string_view message);
// Appends "2026-03-01T12:34:56.789Z".
void append_time(std::string& out, WallTime time);
// The level's number in syslog(3): 3 for error to 7 for debug.
[[nodiscard]] int syslog_priority(LogLevel level);

// How a line begins.
enum class LogForm : uint8_t {
  plain,    // "opentracker: warning: …", for a terminal
  dated,    // "2026-03-01T12:34:56.789Z opentracker: warning: …"
  journal,  // "<4>…": systemd adds time and name, and reads the level
};

// Writes to standard error. Drops messages less severe than `lowest`.
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
