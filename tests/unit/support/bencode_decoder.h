// A strict bencode decoder for tests. It accepts exactly what BEP 3 allows: sorted and unique keys,
// numbers without leading zeros, and nothing after the value.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.h"

namespace ot {

// A value; only the member of its kind is set.
struct Bencoded {
  enum class Kind : uint8_t { integer, text, list, dict };

  Kind kind = Kind::integer;
  int64_t integer = 0;
  std::string text;
  std::vector<Bencoded> list;
  std::map<std::string, Bencoded> dict;

  [[nodiscard]] const Bencoded& operator[](const std::string& key) const { return dict.at(key); }
  [[nodiscard]] bool has(const std::string& key) const { return dict.count(key) > 0; }
};

class BencodeDecoder {
 public:
  // Decodes `text` as one value; nothing if it is invalid or something follows the value.
  [[nodiscard]] static std::optional<Bencoded> decode(std::string_view text) {
    BencodeDecoder decoder(text);
    auto value = decoder.any();
    if (!decoder.rest_.empty()) return std::nullopt;
    return value;
  }

 private:
  explicit BencodeDecoder(std::string_view text) : rest_(text) {}

  bool take(char c) {
    if (!rest_.starts_with(c)) return false;
    rest_.remove_prefix(1);
    return true;
  }

  // Takes a number and the `end` after it.
  std::optional<int64_t> number(char end) {
    const size_t at = rest_.find(end);
    if (at == std::string_view::npos) return std::nullopt;
    std::string_view text = rest_.substr(0, at);
    rest_.remove_prefix(at + 1);
    const bool is_negative = text.starts_with('-');
    if (is_negative) text.remove_prefix(1);
    if (text.starts_with('0') && (text.size() > 1 || is_negative)) return std::nullopt;
    const auto value = parse_decimal(text, INT64_MAX);
    if (!value) return std::nullopt;
    return is_negative ? -static_cast<int64_t>(*value) : static_cast<int64_t>(*value);
  }

  std::optional<std::string> string() {
    const auto size = number(':');
    if (!size || *size < 0 || static_cast<size_t>(*size) > rest_.size()) return std::nullopt;
    std::string text(rest_.substr(0, static_cast<size_t>(*size)));
    rest_.remove_prefix(text.size());
    return text;
  }

  std::optional<Bencoded> any() {
    Bencoded value;
    bool is_good = false;
    if (take('i')) {
      const auto integer = number('e');
      is_good = integer.has_value();
      value.integer = integer.value_or(0);
    } else if (take('l')) {
      value.kind = Bencoded::Kind::list;
      is_good = read_list(value);
    } else if (take('d')) {
      value.kind = Bencoded::Kind::dict;
      is_good = read_dict(value);
    } else {
      value.kind = Bencoded::Kind::text;
      auto text = string();
      is_good = text.has_value();
      value.text = text.value_or("");
    }
    return is_good ? std::optional(value) : std::nullopt;
  }

  bool read_list(Bencoded& out) {
    while (!take('e')) {
      const auto item = any();
      if (!item) return false;
      out.list.push_back(*item);
    }
    return true;
  }

  bool read_dict(Bencoded& out) {
    while (!take('e')) {
      const auto key = string();
      if (!key || (!out.dict.empty() && *key <= out.dict.rbegin()->first)) return false;
      const auto item = any();
      if (!item) return false;
      out.dict.emplace(*key, *item);
    }
    return true;
  }

  std::string_view rest_;
};

}  // namespace ot
