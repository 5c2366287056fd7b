// ASCII text that others wrote: cutting it, comparing it, showing it.
//
// No locale: bytes of 0x80 and above are neither letters nor blanks nor printable. Only the
// functions that return a std::string allocate.
#pragma once

#include <algorithm>
#include <string>
#include <string_view>

namespace ot {

[[nodiscard]] constexpr bool is_digit(char c) { return c >= '0' && c <= '9'; }
// A space or a tab.
[[nodiscard]] constexpr bool is_blank(char c) { return c == ' ' || c == '\t'; }
// The letters, digits and punctuation of ASCII, and the space.
[[nodiscard]] constexpr bool is_printable(char c) { return c >= ' ' && c <= '~'; }
// 0x00 to 0x1f and 0x7f.
[[nodiscard]] constexpr bool is_control(char c) {
  return static_cast<unsigned char>(c) < 0x20 || c == 0x7f;
}

// Whether `text` is digits only, at least one.
[[nodiscard]] inline bool all_digits(std::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), is_digit);
}

// ASCII letters only; every other byte is returned unchanged.
[[nodiscard]] constexpr char to_lower(char c) {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c | 0x20) : c;
}
[[nodiscard]] bool equal_ignoring_case(std::string_view a, std::string_view b);

// `text` without the blanks at either end.
[[nodiscard]] inline std::string_view trim(std::string_view text) {
  while (!text.empty() && is_blank(text.front())) text.remove_prefix(1);
  while (!text.empty() && is_blank(text.back())) text.remove_suffix(1);
  return text;
}

// Removes everything up to and including the first separator from `rest` and returns the part
// before the separator; without a separator, the whole of `rest`.
[[nodiscard]] inline std::string_view cut(std::string_view& rest, char separator) {
  const size_t at = rest.find(separator);
  const std::string_view part = rest.substr(0, at);
  rest.remove_prefix(at == std::string_view::npos ? rest.size() : at + 1);
  return part;
}

// Appends a printable byte as it is and any other as \xHH.
void append_escaped(std::string& out, char c);
// `text` with every byte escaped that is not printable, so that it cannot forge a line or move a
// terminal's cursor.
[[nodiscard]] std::string printable(std::string_view text);
// The same in single quotes; "..." replaces what follows the first 80 bytes.
[[nodiscard]] std::string in_quotes(std::string_view text);

}  // namespace ot
