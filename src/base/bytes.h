// Bounds-checked access to bytes on the wire and in text: big-endian reader and writer, hex and
// decimal numbers.
//
// Nothing here allocates or throws. A read or write that would leave the span does nothing and
// returns false or zero; the reader or writer then stays failed, so that a parser can check once,
// at its end.
#pragma once

#include <array>
#include <bit>
#include <charconv>
#include <concepts>
#include <cstdint>
#include <cstring>
#include <optional>
#include <span>
#include <string_view>

namespace ot {

using ByteView = std::span<const uint8_t>;
using ByteSpan = std::span<uint8_t>;

[[nodiscard]] inline std::string_view as_text(ByteView bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}
[[nodiscard]] inline ByteView as_bytes(std::string_view text) {
  return {reinterpret_cast<const uint8_t*>(text.data()), text.size()};
}

// Converts between network order and the processor's; its own inverse.
template <std::unsigned_integral T>
[[nodiscard]] constexpr T big_endian(T value) {
  if constexpr (std::endian::native == std::endian::big || sizeof(T) == 1) return value;
  if constexpr (sizeof(T) == 2) return __builtin_bswap16(value);
  if constexpr (sizeof(T) == 4) return __builtin_bswap32(value);
  if constexpr (sizeof(T) == 8) return __builtin_bswap64(value);
}

// Reads big-endian integers and byte runs from the front of a span.
class ByteReader {
 public:
  explicit ByteReader(ByteView bytes) : rest_(bytes) {}

  // The next sizeof(T) bytes as a big-endian integer; 0 and failed() if there are fewer.
  template <std::unsigned_integral T>
  [[nodiscard]] T read() {
    if (!ensure(sizeof(T))) return 0;
    T value = 0;
    std::memcpy(&value, rest_.data(), sizeof(T));
    rest_ = rest_.subspan(sizeof(T));
    return big_endian(value);
  }

  // Copies the next out.size() bytes; if there are fewer, fails and leaves `out` unchanged.
  bool read_into(ByteSpan out) {
    if (!ensure(out.size())) return false;
    if (!out.empty()) std::memcpy(out.data(), rest_.data(), out.size());
    rest_ = rest_.subspan(out.size());
    return true;
  }

  // A view of the next n bytes; empty and failed() if there are fewer.
  [[nodiscard]] ByteView take(size_t n) {
    if (!ensure(n)) return {};
    const ByteView taken = rest_.first(n);
    rest_ = rest_.subspan(n);
    return taken;
  }

  bool skip(size_t n) {
    if (!ensure(n)) return false;
    rest_ = rest_.subspan(n);
    return true;
  }

  [[nodiscard]] ByteView rest() const { return rest_; }
  [[nodiscard]] bool failed() const { return failed_; }

 private:
  bool ensure(size_t n) {
    if (failed_ || n > rest_.size()) failed_ = true;
    return !failed_;
  }

  ByteView rest_;
  bool failed_ = false;
};

// Appends big-endian integers, bytes, text and decimal numbers to a fixed span.
class ByteWriter {
 public:
  explicit ByteWriter(ByteSpan out) : out_(out) {}

  template <std::unsigned_integral T>
  void write(T value) {
    if (!ensure(sizeof(T))) return;
    const T wire = big_endian(value);
    std::memcpy(out_.data() + used_, &wire, sizeof(T));
    used_ += sizeof(T);
  }

  void write(ByteView bytes) {
    if (!ensure(bytes.size())) return;
    if (!bytes.empty()) std::memcpy(out_.data() + used_, bytes.data(), bytes.size());
    used_ += bytes.size();
  }
  void text(std::string_view text) { write(as_bytes(text)); }

  // Decimal, no leading zeros.
  template <std::integral T>
  void decimal(T value) {
    if (failed_) return;
    char* first = reinterpret_cast<char*>(out_.data()) + used_;
    const auto [end, error] = std::to_chars(first, first + room(), value);
    if (error != std::errc{}) {
      failed_ = true;
      return;
    }
    used_ += static_cast<size_t>(end - first);
  }

  // The part not written yet. A caller that fills some of it reports how many bytes with advance().
  [[nodiscard]] ByteSpan rest() const { return out_.subspan(used_); }
  void advance(size_t n) {
    if (ensure(n)) used_ += n;
  }

  [[nodiscard]] ByteView written() const { return out_.first(used_); }
  [[nodiscard]] size_t size() const { return used_; }
  [[nodiscard]] size_t room() const { return out_.size() - used_; }
  [[nodiscard]] bool failed() const { return failed_; }

 private:
  bool ensure(size_t n) {
    if (failed_ || n > room()) failed_ = true;
    return !failed_;
  }

  ByteSpan out_;
  size_t used_ = 0;
  bool failed_ = false;
};

// The digits as format_hex() writes them, and as URLs and JSON have them.
inline constexpr std::string_view kUpperHex = "0123456789ABCDEF";
inline constexpr std::string_view kLowerHex = "0123456789abcdef";

// By byte: 0 to 15, or -1.
inline constexpr std::array<int8_t, 256> kHexValues = [] {
  std::array<int8_t, 256> values{};
  values.fill(-1);
  for (size_t digit = 0; digit < 16; ++digit) {
    values[static_cast<uint8_t>(kUpperHex[digit])] = static_cast<int8_t>(digit);
    values[static_cast<uint8_t>(kLowerHex[digit])] = static_cast<int8_t>(digit);
  }
  return values;
}();

// 0 to 15, in either case; -1 if `c` is not a hex digit.
[[nodiscard]] constexpr int hex_digit(char c) { return kHexValues[static_cast<uint8_t>(c)]; }

// Fills `out` from exactly 2 * out.size() hex digits, in either case. Otherwise returns false, and
// the content of `out` is unspecified.
[[nodiscard]] bool parse_hex(std::string_view text, ByteSpan out);

// Writes 2 * bytes.size() upper-case digits; `out` must have room for them.
void format_hex(ByteView bytes, std::span<char> out);

// The whole of `text` as a decimal number without a sign; nothing if it is empty, has anything but
// digits, or is more than max.
[[nodiscard]] std::optional<uint64_t> parse_decimal(std::string_view text,
                                                    uint64_t max = UINT64_MAX);

}  // namespace ot
