// Writes bencode (BEP 3): appends strings, integers, dictionaries and lists to a ByteWriter.
//
// The caller must write the keys of each dictionary in sorted order, as the format demands; asserts
// check that. A literal key costs one copy, because the compiler formats its length. If room runs
// out, the ByteWriter fails. Not thread-safe.
#pragma once

#include <array>
#include <cassert>
#include <concepts>
#include <string_view>

#include "base/bytes.h"

namespace ot {

class BencodeWriter {
 public:
  // `out` must outlive the writer. Keys given as views must live until their dictionary ends.
  explicit BencodeWriter(ByteWriter& out) : out_(out) {}

  void begin_dict() {
    out_.text("d");
    enter();
  }
  void begin_list() {
    out_.text("l");
    enter();
  }
  void end() {
    assert(depth_ > 0);
    --depth_;
    out_.text("e");
  }

  // A literal key of 1 to 99 bytes.
  template <size_t N>
  void key(const char (&literal)[N]) {  // NOLINT(modernize-avoid-c-arrays): what a literal is
    constexpr size_t kLength = N - 1;
    static_assert(kLength >= 1 && kLength <= 99);
    constexpr size_t kDigits = kLength < 10 ? 1 : 2;
    std::array<uint8_t, kDigits + 1 + kLength> encoded{};
    if constexpr (kDigits == 2) encoded[0] = '0' + kLength / 10;
    encoded[kDigits - 1] = '0' + kLength % 10;
    encoded[kDigits] = ':';
    std::memcpy(encoded.data() + kDigits + 1, literal, kLength);
    note_key({literal, kLength});
    out_.write(encoded);
  }
  // A key of any bytes, such as an info_hash.
  void key(ByteView bytes) {
    note_key(as_text(bytes));
    string(bytes);
  }

  void string(ByteView bytes) {
    string_head(bytes.size());
    out_.write(bytes);
  }
  void text(std::string_view text) { string(as_bytes(text)); }
  // "180:", for a string whose bytes the caller appends to the ByteWriter itself.
  void string_head(size_t bytes) {
    out_.decimal(bytes);
    out_.text(":");
  }

  template <std::integral T>
  void integer(T value) {
    out_.text("i");
    out_.decimal(value);
    out_.text("e");
  }

 private:
  static constexpr size_t kMaxDepth = 4;

  void enter() {
    assert(depth_ < kMaxDepth);
    last_keys_[depth_++] = {};
  }
  void note_key(std::string_view key) {
    assert(depth_ > 0);
    std::string_view& last = last_keys_[depth_ - 1];
    assert(last < key);
    last = key;
  }

  ByteWriter& out_;
  size_t depth_ = 0;
  // Only asserts read these; the compiler drops them if there are no asserts.
  std::array<std::string_view, kMaxDepth> last_keys_;
};

}  // namespace ot
