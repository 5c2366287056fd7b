#include "base/bytes.h"

#include <cassert>

namespace ot {

bool parse_hex(std::string_view text, ByteSpan out) {
  if (text.size() != 2 * out.size()) return false;
  for (size_t i = 0; i < out.size(); ++i) {
    const int high = hex_digit(text[2 * i]);
    const int low = hex_digit(text[2 * i + 1]);
    if (high < 0 || low < 0) return false;
    out[i] = static_cast<uint8_t>(high * 16 + low);
  }
  return true;
}

void format_hex(ByteView bytes, std::span<char> out) {
  constexpr std::string_view kDigits = "0123456789ABCDEF";
  assert(out.size() >= 2 * bytes.size());
  size_t at = 0;
  for (const uint8_t byte : bytes) {
    out[at++] = kDigits[byte >> 4U];
    out[at++] = kDigits[byte & 15U];
  }
}

std::optional<uint64_t> parse_decimal(std::string_view text, uint64_t max) {
  uint64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{} || end != text.data() + text.size() || text.empty()) return std::nullopt;
  if (value > max) return std::nullopt;
  return value;
}

}  // namespace ot
