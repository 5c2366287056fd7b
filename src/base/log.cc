#include "base/log.h"

#include <syslog.h>
#include <unistd.h>

#include <array>
#include <cassert>
#include <chrono>

#include "base/text.h"

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
// Leaves room for kCut and the line feed.
constexpr size_t kMaxText = kMaxLine - kCut.size() - 1;

// Appends the message, escaped, until `line` would be longer than kMaxText.
void append_bounded(std::string& line, std::string_view message) {
  assert(line.size() <= kMaxText);
  for (const char c : message) {
    if (line.size() + (is_printable(c) ? 1 : 4) > kMaxText) {
      line += kCut;
      return;
    }
    append_escaped(line, c);
  }
}

template <typename Number>
void append_padded(std::string& out, Number number, size_t digits) {
  const std::string text = std::to_string(number);
  out.append(digits - std::min(digits, text.size()), '0') += text;
}

}  // namespace

// In UTC, because local time needs files that are missing in a chroot.
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

void append_leveled(std::string& line, LogLevel level, std::string_view message) {
  line += row(level).word;
  append_bounded(line, message);
}

int syslog_priority(LogLevel level) { return row(level).priority; }

void StderrLog::write(LogLevel level, std::string_view message, LogKind) {
  if (level > lowest_) return;
  std::string line;
  if (form_ == LogForm::journal) {
    line = "<" + std::to_string(syslog_priority(level)) + ">";
    append_bounded(line, message);
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
