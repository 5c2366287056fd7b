// Bounds-checked access to bytes on the wire and in text: big-endian reader and writer, hex,
// decimal numbers, letters in any case.
//
// Nothing here allocates or throws. A reader or writer that would leave its span does nothing,
// answers false or zero, and stays failed, so that a parser may check once at its end.
#pragma once

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

// Between the order of the wire and that of the processor.
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

  // Copies the next out.size() bytes; leaves `out` alone and fails if there are fewer.
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

  // The part not written yet; fill it and say how much with advance().
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

// 0..15, or -1 if `c` is no hex digit; either case.
[[nodiscard]] constexpr int hex_digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  const char lower = static_cast<char>(static_cast<unsigned char>(c) | 0x20U);
  return lower >= 'a' && lower <= 'f' ? lower - 'a' + 10 : -1;
}

// ASCII letters only; every other byte is itself.
[[nodiscard]] constexpr char to_lower(char c) {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c | 0x20) : c;
}
[[nodiscard]] bool equal_ignoring_case(std::string_view a, std::string_view b);

// Fills `out` from exactly 2 * out.size() hex digits, either case; false (and `out` unspecified)
// otherwise.
[[nodiscard]] bool parse_hex(std::string_view text, ByteSpan out);

// Writes 2 * bytes.size() upper-case digits; `out` must hold them.
void format_hex(ByteView bytes, std::span<char> out);

// The whole of `text` as a decimal number without sign; nothing if empty, not all digits, or over
// max.
[[nodiscard]] std::optional<uint64_t> parse_decimal(std::string_view text,
                                                    uint64_t max = UINT64_MAX);

}  // namespace ot
