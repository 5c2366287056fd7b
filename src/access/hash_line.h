// One line of an access list or of its FIFOs.
//
// 40 hex digits, or 64 (a v2 hash, of which the first 20 bytes count), then the end of the line or
// white space and anything. An empty line, one of white space and one that begins with `#` say
// nothing. Everything else is a fault with a reason. Pure; no allocation.
#pragma once

#include <cstdint>
#include <string_view>

#include "bittorrent/info_hash.h"

namespace ot {

enum class HashLineFault : uint8_t { not_hex, wrong_length, indented, too_long };

// For a log line: "not 40 or 64 hex digits, but fewer or more".
[[nodiscard]] std::string_view describe(HashLineFault fault);

struct HashLine {
  enum class Kind : uint8_t { hash, comment, faulty };

  Kind kind = Kind::comment;
  HashLineFault fault{};  // if faulty
  InfoHash info_hash{};   // if hash
};

// `line` without its line feed; a carriage return at its end is white space.
[[nodiscard]] HashLine parse_hash_line(std::string_view line);

}  // namespace ot
