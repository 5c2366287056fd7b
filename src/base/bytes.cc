#include "base/bytes.h"

#include <algorithm>
#include <array>
#include <cassert>

namespace ot {
namespace {

constexpr uint8_t kNoHexDigit = 16;

constexpr std::array<uint8_t, 256> make_hex_digits() {
  std::array<uint8_t, 256> digits{};
  for (unsigned c = 0; c < digits.size(); ++c) {
    const int digit = hex_digit(static_cast<char>(c));
    digits[c] = digit < 0 ? kNoHexDigit : static_cast<uint8_t>(digit);
  }
  return digits;
}
constexpr std::array<uint8_t, 256> kHexDigits = make_hex_digits();

}  // namespace

bool equal_ignoring_case(std::string_view a, std::string_view b) {
  return a.size() == b.size() && std::equal(a.begin(), a.end(), b.begin(), [](char x, char y) {
           return to_lower(x) == to_lower(y);
         });
}

bool parse_hex(std::string_view text, ByteSpan out) {
  if (text.size() != 2 * out.size()) return false;
  // Without branches on digits: lists and dumps bring them by the ten million.
  unsigned seen = 0;
  for (size_t i = 0; i < out.size(); ++i) {
    const unsigned high = kHexDigits[static_cast<uint8_t>(text[2 * i])];
    const unsigned low = kHexDigits[static_cast<uint8_t>(text[2 * i + 1])];
    seen |= high | low;
    out[i] = static_cast<uint8_t>(high << 4U | low);
  }
  return seen < kNoHexDigit;
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
