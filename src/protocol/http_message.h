// The head of an HTTP request (RFC 9112): from the bytes received so far to incomplete, bad or a
// view of the request.
//
// Stateless and without allocation. Tolerant where old clients need it: LF-only line ends, no Host,
// no version or an unknown one (read as HTTP/0.9: answered and closed), up to two empty lines
// before the request line, header lines that make no sense (skipped). Refused: anything but GET, a
// target that is not a path, control bytes in it, a head of more than kMaxHead bytes, a request
// that carries a body.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "base/bytes.h"

namespace ot {

// The longest head served, its empty line included.
inline constexpr size_t kMaxHead = 8192;

enum class HttpVersion : uint8_t { v0_9, v1_0, v1_1 };

// What becomes of the connection behind a reply.
enum class Persistence : uint8_t {
  close,
  keep,         // HTTP/1.1 keeps without saying so
  keep_and_say  // HTTP/1.0 keeps only if the reply says `Connection: keep-alive`
};

// One header line; views without the white space around them.
struct HeaderField {
  std::string_view name;
  std::string_view value;
};

// Walks header lines in order. Lines without a colon and folded lines have no name and are skipped.
class HeaderReader {
 public:
  explicit HeaderReader(std::string_view fields) : rest_(fields) {}

  // The next field into `out`; false at the end, and `out` is left alone.
  [[nodiscard]] bool next(HeaderField& out);

 private:
  std::string_view rest_;
};

// Walks header lines from the last to the first, for lists whose end counts.
class ReverseHeaderReader {
 public:
  explicit ReverseHeaderReader(std::string_view fields) : rest_(fields) {}

  // The field before into `out`; false at the beginning, and `out` is left alone.
  [[nodiscard]] bool next(HeaderField& out);
  // Whether the field just given goes on in folded lines, which are not in its value.
  [[nodiscard]] bool is_folded() const { return folded_; }

 private:
  std::string_view rest_;
  bool folded_ = false;
};

// Views into the input given to parse_head.
struct RequestHead {
  std::string_view target;  // raw path and query; begins with '/'
  std::string_view fields;  // the header lines, for HeaderReader
  HttpVersion version = HttpVersion::v0_9;
  Persistence persistence = Persistence::close;  // as the client wishes
  size_t size = 0;                               // bytes of input used; what follows is pipelined
};

enum class BadHead : uint8_t { not_get, bad_target, too_long, has_body };

// For a log line: "not a GET".
[[nodiscard]] std::string_view describe(BadHead reason);

struct HeadResult {
  enum class Status : uint8_t { incomplete, bad, complete };

  Status status = Status::incomplete;
  BadHead reason{};    // if bad
  size_t scanned = 0;  // if incomplete: give it to the next call
  RequestHead head{};  // if complete
};

// Parses the head at the front of `input`. `scanned` is what the last call for the same request
// answered, when `input` was shorter, else 0; with it a head that arrives a byte at a time is still
// read only once. A wrong method is refused with its first wrong byte.
[[nodiscard]] HeadResult parse_head(ByteView input, size_t scanned = 0);

// The value of the first header line of that name, in any case; nothing if there is none.
[[nodiscard]] std::optional<std::string_view> find_field(const RequestHead& head,
                                                         std::string_view name);

// Whether the lines `Accept-Encoding`, which are one list, name gzip with a weight other than 0.
[[nodiscard]] bool accepts_gzip(const RequestHead& head);

}  // namespace ot
