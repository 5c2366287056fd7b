#include "base/bytes.h"

#include <cassert>

namespace ot {
namespace {

// Both digits of a byte: a full scrape writes them by the ten million.
using DigitPair = std::array<char, 2>;
constexpr std::array<DigitPair, 256> kDigitPairs = [] {
  std::array<DigitPair, 256> pairs{};
  for (size_t byte = 0; byte < pairs.size(); ++byte)
    pairs[byte] = {kUpperHex[byte >> 4U], kUpperHex[byte & 15U]};
  return pairs;
}();

}  // namespace

bool parse_hex(std::string_view text, ByteSpan out) {
  if (text.size() != 2 * out.size()) return false;
  // No branch on a digit: lists and dumps hold tens of millions.
  unsigned seen = 0;
  for (size_t i = 0; i < out.size(); ++i) {
    const auto high = static_cast<unsigned>(hex_digit(text[2 * i]));
    const auto low = static_cast<unsigned>(hex_digit(text[2 * i + 1]));
    seen |= high | low;
    out[i] = static_cast<uint8_t>(high << 4U | low);
  }
  return seen <= 15;
}

void format_hex(ByteView bytes, std::span<char> out) {
  assert(out.size() >= 2 * bytes.size());
  char* at = out.data();
  for (const uint8_t byte : bytes) {
    std::memcpy(at, kDigitPairs[byte].data(), 2);
    at += 2;
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
