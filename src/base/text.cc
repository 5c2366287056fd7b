#include "base/text.h"

#include "base/bytes.h"

namespace ot {

bool equal_ignoring_case(std::string_view a, std::string_view b) {
  return a.size() == b.size() && std::equal(a.begin(), a.end(), b.begin(), [](char x, char y) {
           return to_lower(x) == to_lower(y);
         });
}

void append_escaped(std::string& out, char c) {
  if (is_printable(c)) {
    out += c;
    return;
  }
  const auto byte = static_cast<uint8_t>(c);
  out += "\\x";
  out += kUpperHex[byte >> 4U];
  out += kUpperHex[byte & 15U];
}

std::string printable(std::string_view text) {
  std::string shown;
  for (const char c : text) append_escaped(shown, c);
  return shown;
}

std::string in_quotes(std::string_view text) {
  constexpr size_t kMaxShown = 80;
  const bool cut = text.size() > kMaxShown;
  return "'" + printable(text.substr(0, kMaxShown)) + (cut ? "...'" : "'");
}

}  // namespace ot
