#include "base/log.h"

#include <unistd.h>

#include <array>
#include <string>

#include "base/bytes.h"

namespace ot {
namespace {

std::string_view name(LogLevel level) {
  switch (level) {
    case LogLevel::error:
      return "error: ";
    case LogLevel::warning:
      return "warning: ";
    case LogLevel::info:
      return "";
    case LogLevel::debug:
      return "debug: ";
  }
  return "";
}

void append_escaped(std::string& line, std::string_view message) {
  for (const char c : message) {
    const auto byte = static_cast<uint8_t>(c);
    if (byte >= 0x20 && byte < 0x7f) {
      line += c;
      continue;
    }
    std::array<char, 2> digits{};
    format_hex(ByteView(&byte, 1), digits);
    line += "\\x";
    line.append(digits.data(), digits.size());
  }
}

}  // namespace

void StderrLog::write(LogLevel level, std::string_view message) {
  if (level > lowest_) return;
  std::string line = "opentracker: ";
  line += name(level);
  append_escaped(line, message);
  line += '\n';
  // A log that cannot be written must not stop the service.
  [[maybe_unused]] const ssize_t written = ::write(STDERR_FILENO, line.data(), line.size());
}

}  // namespace ot
