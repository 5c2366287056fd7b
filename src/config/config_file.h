// Splits the text of a configuration file into lines of `key value`; knows no keys.
//
// White space (blanks and tabs) around key and value is ignored. A `#` at the beginning of a line
// or after white space begins a comment; elsewhere, as in http://host/#top, it is part of the
// value. Lines end with LF or CRLF; the last one may end with the file. A byte-order mark at the
// beginning is skipped. parse_config() is pure, and continues with the next line after a fault.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/posix.h"
#include "base/result.h"

namespace ot {

// In bytes; a longer line is a fault, a longer file an error.
inline constexpr size_t kMaxConfigLine = 8192;
inline constexpr size_t kMaxConfigFile = 1 << 20;

// A line that is neither blank nor a comment.
struct ConfigLine {
  uint32_t number = 0;  // from 1
  // Views into the text.
  std::string_view key;
  // Empty if the line has only a key.
  std::string_view value;
  // Why the line cannot be read, or empty. If there is a fault, key and value are empty.
  std::string fault;
};

// In the order of the text, without blank lines and comments.
[[nodiscard]] std::vector<ConfigLine> parse_config(std::string_view text);

// Reads the whole file. Errors: it cannot be opened or read, is a directory, or is longer than
// kMaxConfigFile (EFBIG).
[[nodiscard]] Result<std::string, SystemError> read_config_file(const std::string& path);

}  // namespace ot
