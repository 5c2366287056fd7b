// The text of a configuration file, taken apart: one `key value` a line.
//
// White space (blanks and tabs) around key and value does not count. A `#` at the beginning of a
// line or behind white space begins a comment; elsewhere, as in http://host/#top, it is part of the
// value. Lines end with LF or CRLF; the last one may end with the file. A byte-order mark in front
// is skipped. What keys there are and what their values mean is not known here. Pure: nothing is
// read, nothing printed; faults do not stop it, it goes on with the next line.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/posix.h"
#include "base/result.h"

namespace ot {

// A line longer than this is no configuration.
inline constexpr size_t kMaxConfigLine = 8192;
inline constexpr size_t kMaxConfigFile = 1 << 20;

// One line that says something.
struct ConfigLine {
  uint32_t number = 0;  // from 1
  // Views into the text.
  std::string_view key;
  // Empty if there is only a key.
  std::string_view value;
  // What makes the line unreadable; empty if nothing does. Key and value are empty then.
  std::string fault;
};

// In the order of the text, without blank lines and comments.
[[nodiscard]] std::vector<ConfigLine> parse_config(std::string_view text);

// The whole file. Errors: it cannot be opened or read, is a directory, or has more than
// kMaxConfigFile bytes (EFBIG).
[[nodiscard]] Result<std::string, SystemError> read_config_file(const std::string& path);

}  // namespace ot
