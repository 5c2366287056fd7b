// Reads the query of a URL, `key=value&key=value`, in place, and decodes percent-encoding into the
// caller's buffer (RFC 3986, as BitTorrent clients use it).
//
// `+` stays `+`, bytes of 0x80 and above are taken as they are, and hex digits may have either
// case. Keys are compared decoded. Values stay encoded, so that only the values that are needed are
// decoded. No allocation.
#pragma once

#include <optional>
#include <string_view>

#include "base/bytes.h"
#include "base/result.h"

namespace ot {

// Views into the query, still percent-encoded. Without a `=` the value is empty.
struct QueryParameter {
  std::string_view key;
  std::string_view value;
};

// Walks a query from left to right; skips empty pairs (`&&`).
class QueryReader {
 public:
  explicit QueryReader(std::string_view query) : rest_(query) {}

  // Stores the next pair in `out`; at the end returns false and leaves `out` unchanged.
  [[nodiscard]] bool next(QueryParameter& out);

 private:
  std::string_view rest_;
};

enum class DecodeError : uint8_t { bad_escape, too_long };

// Decodes `encoded` into `out` and returns the number of bytes. bad_escape: a `%` without two hex
// digits after it. too_long: more than out.size() bytes. After an error the content of `out` is
// unspecified.
[[nodiscard]] Result<size_t, DecodeError> percent_decode(std::string_view encoded, ByteSpan out);

// Whether an encoded key means `name`, which has at most 32 bytes.
[[nodiscard]] bool key_is(std::string_view key, std::string_view name);

// The encoded value of the first parameter called `name`, which has at most 32 bytes; nothing if
// there is no such parameter.
[[nodiscard]] std::optional<std::string_view> find_parameter(std::string_view query,
                                                             std::string_view name);

}  // namespace ot
