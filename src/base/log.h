// One line per event, with a level. A Log is passed to those who speak; nothing here is global.
//
// Thread: write() may be called from any thread; a line is one write(2). Bytes that are not
// printable ASCII become \xHH, so that nothing a client sent can forge a line or move a terminal's
// cursor (some terminals take the control characters U+0080 to U+009F in UTF-8, too).
#pragma once

#include <cstdint>
#include <string_view>

namespace ot {

enum class LogLevel : uint8_t { error, warning, info, debug };

class Log {
 public:
  Log() = default;
  Log(const Log&) = delete;
  Log& operator=(const Log&) = delete;
  virtual ~Log() = default;

  virtual void write(LogLevel level, std::string_view message) = 0;

  void error(std::string_view message) { write(LogLevel::error, message); }
  void warning(std::string_view message) { write(LogLevel::warning, message); }
  void info(std::string_view message) { write(LogLevel::info, message); }
  void debug(std::string_view message) { write(LogLevel::debug, message); }
};

// "opentracker: warning: …" on standard error. Messages below `lowest` are dropped.
class StderrLog final : public Log {
 public:
  explicit StderrLog(LogLevel lowest) : lowest_(lowest) {}
  void write(LogLevel level, std::string_view message) override;

 private:
  const LogLevel lowest_;
};

}  // namespace ot
