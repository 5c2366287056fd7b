// Parses the head of an HTTP request (RFC 9112): the bytes received so far are incomplete, bad, or
// a request, which is returned as a view.
//
// Stateless and without allocation. Old clients need tolerance: line ends may be LF alone, Host may
// be missing, a missing or unknown version counts as HTTP/0.9 (answered, then closed), up to two
// empty lines may precede the request line, and malformed header lines are skipped. Refused are
// methods other than GET, targets that are not a path or contain control bytes, heads of more than
// kMaxHead bytes, and requests with a body.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "base/bytes.h"

namespace ot {

// The longest head served, including its empty line.
inline constexpr size_t kMaxHead = 8192;

enum class HttpVersion : uint8_t { v0_9, v1_0, v1_1 };

// What happens to the connection after the reply.
enum class Persistence : uint8_t {
  close,
  keep,         // HTTP/1.1 keeps by default
  keep_and_say  // HTTP/1.0 keeps only if the reply says `Connection: keep-alive`
};

// One header line; name and value have no white space around them.
struct HeaderField {
  std::string_view name;
  std::string_view value;
};

// Walks header lines in order; skips folded lines and lines without a name or a colon.
class HeaderReader {
 public:
  explicit HeaderReader(std::string_view fields) : rest_(fields) {}

  // Stores the next field in `out`; at the end returns false and leaves `out` unchanged.
  [[nodiscard]] bool next(HeaderField& out);

 private:
  std::string_view rest_;
};

// Walks header lines from the last to the first, for lists that are read from their end.
class ReverseHeaderReader {
 public:
  explicit ReverseHeaderReader(std::string_view fields) : rest_(fields) {}

  // Stores the previous field in `out`; at the beginning returns false and leaves `out` unchanged.
  [[nodiscard]] bool next(HeaderField& out);
  // Whether folded lines continue the field that next() stored; they are missing in its value.
  [[nodiscard]] bool is_folded() const { return folded_; }

 private:
  std::string_view rest_;
  bool folded_ = false;
};

// Views into the input given to parse_head.
struct RequestHead {
  std::string_view target;  // path and query as sent; begins with '/'
  std::string_view fields;  // the header lines, for HeaderReader
  HttpVersion version = HttpVersion::v0_9;
  Persistence persistence = Persistence::close;  // as the client asks
  size_t size = 0;                               // bytes of the head; pipelined input follows
};

enum class BadHead : uint8_t { not_get, bad_target, too_long, has_body };

// For a log line: "not a GET".
[[nodiscard]] std::string_view describe(BadHead reason);

struct HeadResult {
  enum class Status : uint8_t { incomplete, bad, complete };

  Status status = Status::incomplete;
  BadHead reason{};    // if bad
  size_t scanned = 0;  // if incomplete: for the next call
  RequestHead head{};  // if complete
};

// Parses the head at the front of `input`. `scanned` is 0 for a new request, and otherwise what the
// last call returned for a shorter `input` of the same request, so that each byte is scanned only
// once. A wrong method is refused at its first wrong byte.
[[nodiscard]] HeadResult parse_head(ByteView input, size_t scanned = 0);

// The value of the first header line with this name, ignoring case; nothing if there is no such
// line.
[[nodiscard]] std::optional<std::string_view> find_field(const RequestHead& head,
                                                         std::string_view name);

// Whether Accept-Encoding, whose lines are one list, names gzip with a weight other than 0.
[[nodiscard]] bool accepts_gzip(const RequestHead& head);

}  // namespace ot
