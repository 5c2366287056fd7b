// Parses the head of an HTTP request (RFC 9112): the bytes received so far are incomplete, bad, or
// a request, which is returned as a view.
//
// Stateless and without allocation. Old clients need tolerance: line ends may be LF alone, Host may
// be missing, a missing or unknown version counts as HTTP/0.9 (answered, then closed), up to two
// empty lines may precede the request line, and malformed header lines are skipped. Refused are
// methods other than GET, HEAD and OPTIONS, targets that are neither a path nor an http or https
// URL (OPTIONS may ask about "*") or contain control bytes, heads of more than kMaxHead bytes, and
// requests with a body.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/bytes.h"

namespace ot {

// The longest head served, including its empty line.
inline constexpr size_t kMaxHead = 8192;

enum class Method : uint8_t { get, head, options };

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
  // Path and query as sent; begins with '/', except that a URL may have no path: "http://host?a=b".
  std::string_view target;
  std::string_view authority;  // "host:port" of a target that is a URL; otherwise empty
  std::string_view fields;     // the header lines, for HeaderReader
  Method method = Method::get;
  HttpVersion version = HttpVersion::v0_9;
  Persistence persistence = Persistence::close;  // as the client asks
  bool names_keep_alive = false;                 // whether it asks for keep-alive by name
  size_t size = 0;                               // bytes of the head; pipelined input follows
};

enum class BadHead : uint8_t { bad_method, bad_target, too_long, has_body };

struct HeadResult {
  enum class Status : uint8_t { incomplete, bad, complete };

  Status status = Status::incomplete;
  BadHead reason{};                  // if bad
  std::string_view bad_method = {};  // if that is bad and a word of ASCII letters: what it says
  size_t scanned = 0;                // if incomplete: for the next call
  RequestHead head{};                // if complete; if bad, only the method, if that is good
};

// A sentence about a bad head, for people: what is wrong and what would be right. Safe in HTML.
[[nodiscard]] std::string explain(const HeadResult& bad);

// Parses the head at the front of `input`. `scanned` is 0 for a new request, and otherwise what the
// last call returned for a shorter `input` of the same request, so that each byte is scanned only
// once. A wrong method is refused at its first wrong byte.
[[nodiscard]] HeadResult parse_head(ByteView input, size_t scanned = 0);

// Whether the client calls the server by an address or "localhost", which may have a trailing dot
// and a port; IPv6 in brackets. The authority of a URL counts, otherwise the Host line (RFC 9112,
// 3.2.2): exactly one, or none before HTTP/1.1.
[[nodiscard]] bool is_asked_by_address(const RequestHead& head);

// The value of the first header line with this name, ignoring case; nothing if there is no such
// line.
[[nodiscard]] std::optional<std::string_view> find_field(const RequestHead& head,
                                                         std::string_view name);

// Whether Accept-Encoding, whose lines are one list, names gzip with a weight other than 0.
[[nodiscard]] bool accepts_gzip(const RequestHead& head);

}  // namespace ot
