// The query of a URL: `key=value&key=value`, read in place, and percent-decoding into the caller's
// buffer (RFC 3986, as BitTorrent clients use it).
//
// `+` stays `+`; bytes of 0x80 and above are themselves; hex digits come in either case. Keys are
// compared decoded, values are handed out raw, so that only the values somebody wants are decoded.
// Nothing allocates.
#pragma once

#include <optional>
#include <string_view>

#include "base/bytes.h"
#include "base/result.h"

namespace ot {

// Both still percent-encoded; views into the query. Without a `=` the value is empty.
struct QueryParameter {
  std::string_view key;
  std::string_view value;
};

// Walks a query from left to right. Empty pairs (`&&`) are skipped.
class QueryReader {
 public:
  explicit QueryReader(std::string_view query) : rest_(query) {}

  // The next pair into `out`; false at the end, and `out` is left alone.
  [[nodiscard]] bool next(QueryParameter& out);

 private:
  std::string_view rest_;
};

enum class DecodeError : uint8_t { bad_escape, too_long };

// Decodes `encoded` into `out` and says how many bytes that made. bad_escape: a `%` without two hex
// digits behind it. too_long: more than out.size() bytes. On an error `out` is unspecified.
[[nodiscard]] Result<size_t, DecodeError> percent_decode(std::string_view encoded, ByteSpan out);

// Whether a raw key, decoded, is `name`.
[[nodiscard]] bool key_is(std::string_view key, std::string_view name);

// The raw value of the first parameter called `name`; nothing if there is none.
[[nodiscard]] std::optional<std::string_view> find_parameter(std::string_view query,
                                                             std::string_view name);

}  // namespace ot
