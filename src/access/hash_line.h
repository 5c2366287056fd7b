// One line of an access list or of its FIFOs.
//
// A hash is 40 hex digits, or 64 (a v2 hash, cut to its first 20 bytes), followed by the end of the
// line or by anything that is not a hex digit; the rest is a comment. Empty lines, lines of white
// space and lines that begin with `#` are skipped. Every other line is faulty. Pure; no allocation.
#pragma once

#include <cstdint>
#include <string_view>

#include "bittorrent/info_hash.h"

namespace ot {

enum class HashLineFault : uint8_t { not_hex, wrong_length, indented, too_long };

// Completes the sentence "line 7 is …": "not 40 or 64 hex digits long".
[[nodiscard]] std::string_view describe(HashLineFault fault);

struct HashLine {
  enum class Kind : uint8_t { hash, comment, faulty };

  Kind kind = Kind::comment;
  HashLineFault fault{};  // if faulty
  InfoHash info_hash{};   // if hash
};

// `line` comes without its line feed.
[[nodiscard]] HashLine parse_hash_line(std::string_view line);

}  // namespace ot
