#include "base/log.h"

#include <syslog.h>
#include <unistd.h>

#include <array>
#include <chrono>

#include "base/bytes.h"

namespace ot {
namespace {

struct LevelRow {
  std::string_view word;
  int priority;
};

// In the order of LogLevel.
constexpr std::array<LevelRow, 4> kLevels{
    {{"error: ", LOG_ERR}, {"warning: ", LOG_WARNING}, {"", LOG_INFO}, {"debug: ", LOG_DEBUG}}};

const LevelRow& row(LogLevel level) { return kLevels.at(static_cast<size_t>(level)); }

constexpr std::string_view kCut = "...";
// Room for the mark of a cut and the end of the line.
constexpr size_t kMaxText = kMaxLine - kCut.size() - 1;

template <typename Number>
void append_padded(std::string& out, Number number, size_t digits) {
  const std::string text = std::to_string(number);
  out.append(digits - std::min(digits, text.size()), '0') += text;
}

}  // namespace

// ISO 8601 in UTC with milliseconds: local time would need files that a chroot has not.
void append_time(std::string& out, WallTime time) {
  const auto day = std::chrono::floor<std::chrono::days>(time);
  const std::chrono::year_month_day date(day);
  const std::chrono::hh_mm_ss clock(std::chrono::floor<std::chrono::milliseconds>(time - day));
  append_padded(out, static_cast<int>(date.year()), 4);
  append_padded(out += '-', static_cast<unsigned>(date.month()), 2);
  append_padded(out += '-', static_cast<unsigned>(date.day()), 2);
  append_padded(out += 'T', clock.hours().count(), 2);
  append_padded(out += ':', clock.minutes().count(), 2);
  append_padded(out += ':', clock.seconds().count(), 2);
  append_padded(out += '.', clock.subseconds().count(), 3);
  out += 'Z';
}

void append_printable(std::string& line, std::string_view message) {
  for (const char c : message) {
    const auto byte = static_cast<uint8_t>(c);
    const bool printable = byte >= 0x20 && byte < 0x7f;
    if (line.size() + (printable ? 1 : 4) > kMaxText) {
      line += kCut;
      return;
    }
    if (printable) {
      line += c;
      continue;
    }
    std::array<char, 2> digits{};
    format_hex(ByteView(&byte, 1), digits);
    line += "\\x";
    line.append(digits.data(), digits.size());
  }
}

void append_leveled(std::string& line, LogLevel level, std::string_view message) {
  line += row(level).word;
  append_printable(line, message);
}

int syslog_priority(LogLevel level) { return row(level).priority; }

void StderrLog::write(LogLevel level, std::string_view message, LogKind) {
  if (level > lowest_) return;
  std::string line;
  if (form_ == LogForm::journal) {
    line = "<" + std::to_string(syslog_priority(level)) + ">";
    append_printable(line, message);
  } else {
    if (form_ == LogForm::dated) {
      append_time(line, clock_.wall_time());
      line += ' ';
    }
    line += "opentracker: ";
    append_leveled(line, level, message);
  }
  line += '\n';
  // A log that cannot be written must not stop the service.
  [[maybe_unused]] const ssize_t written = ::write(STDERR_FILENO, line.data(), line.size());
}

}  // namespace ot
