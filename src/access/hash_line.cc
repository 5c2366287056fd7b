#include "access/hash_line.h"

#include <algorithm>
#include <cassert>

#include "base/bytes.h"

namespace ot {
namespace {

constexpr size_t kDigits = 2 * InfoHash::kSize;
constexpr size_t kV2Digits = 64;

constexpr bool is_space(char c) { return c == ' ' || c == '\t' || c == '\r'; }
constexpr bool is_hex(char c) { return hex_digit(c) >= 0; }

bool ends_at(std::string_view line, size_t at) {
  assert(at <= line.size());
  return line.size() == at || !is_hex(line[at]);
}

HashLine faulty(HashLineFault fault) { return {HashLine::Kind::faulty, fault, {}}; }

// Classifies a line that does not begin with a hash.
HashLine judge(std::string_view line) {
  const auto text = std::find_if_not(line.begin(), line.end(), is_space);
  if (text == line.end() || *text == '#') return {};
  if (text != line.begin()) return faulty(HashLineFault::indented);
  const auto stop = std::find_if_not(line.begin(), line.end(), is_hex);
  // "debian.iso" begins with hex digits, too, but was never meant as a hash.
  const bool is_meant_as_hash =
      stop == line.end() || is_space(*stop) || stop - line.begin() >= std::ptrdiff_t{kDigits};
  return faulty(is_meant_as_hash ? HashLineFault::wrong_length : HashLineFault::not_hex);
}

}  // namespace

std::string_view describe(HashLineFault fault) {
  switch (fault) {
    case HashLineFault::not_hex:
      return "not a hex number";
    case HashLineFault::wrong_length:
      return "not 40 or 64 hex digits long";
    case HashLineFault::indented:
      return "indented";
    case HashLineFault::too_long:
      return "longer than 4095 bytes";
  }
  return "";
}

HashLine parse_hash_line(std::string_view line) {
  HashLine hash{.kind = HashLine::Kind::hash};
  if (line.size() < kDigits || !parse_hex(line.substr(0, kDigits), hash.info_hash.bytes))
    return judge(line);
  if (ends_at(line, kDigits)) return hash;
  const std::string_view rest = line.substr(kDigits, kV2Digits - kDigits);
  const bool is_v2 = rest.size() == kV2Digits - kDigits &&
                     std::all_of(rest.begin(), rest.end(), is_hex) && ends_at(line, kV2Digits);
  return is_v2 ? hash : judge(line);
}

}  // namespace ot
