// The heads of HTTP replies, and error pages.
//
// A reply is built backwards: first the body, kReplyHeadRoom bytes into the buffer, then the head,
// which contains the body's length, directly before it. So the body never moves. Functions that
// return a view return the whole reply inside the buffer, or an empty view if the buffer is too
// small. The bytes are the reference's: success is HTTP/1.1 text/plain; an error that closes the
// connection is HTTP/1.0 text/html, and its body is a title. In addition every reply forbids caches
// to store it: each is true for one moment and one client.
#pragma once

#include <chrono>
#include <cstdint>
#include <string_view>

#include "base/bytes.h"
#include "protocol/http_message.h"

namespace ot {

// The longest head of a 200 reply with a content type of up to 48 bytes.
inline constexpr size_t kReplyHeadRoom = 224;
// The longest error page with a Location of up to 256 bytes and an explanation of up to 512.
inline constexpr size_t kMaxErrorPage = 1024;

inline constexpr std::string_view kTextPlain = "text/plain";

// What the head of a 200 reply says about its body.
struct Content {
  std::string_view type = kTextPlain;
  bool any_origin = false;  // whether scripts of every web page may read it (CORS)
};

// The head of `200 OK` for a body of content_length bytes.
void write_ok_head(ByteWriter& out, size_t content_length, Persistence persistence,
                   const Content& content = {});

// Puts the head of `200 OK` directly before the body at [begin, end) of `out`; begin <= end. If
// begin is at least kReplyHeadRoom, the head always fits.
[[nodiscard]] ByteView prepend_ok_head(ByteSpan out, size_t begin, size_t end,
                                       Persistence persistence, const Content& content = {});

// The head of `200 OK` for a HEAD request whose body is made only for a GET, so that its length is
// not known (RFC 9110, 9.3.2). At most kReplyHeadRoom bytes.
[[nodiscard]] ByteView write_head_without_length(ByteSpan out, Persistence persistence);

// The head of a whole reply, for a HEAD request: all but the body, whose length it still says.
[[nodiscard]] ByteView head_of(ByteView reply);

// The reply to OPTIONS: the methods, and that scripts of every web page may ask (CORS). At most
// kMaxErrorPage bytes. X-Opentracker is not among the header lines that such scripts may send:
// frontend/permissions.h relies on that.
[[nodiscard]] ByteView write_options_reply(ByteSpan out, Persistence persistence);

// How to send a body whose length is unknown when its head is sent.
struct StreamedBody {
  bool chunked = false;  // for HTTP/1.1; otherwise closing the connection ends the body
  bool gzip = false;
};

// The head of `200 OK` for such a body; at most kReplyHeadRoom bytes.
void write_stream_head(ByteWriter& out, const StreamedBody& body, Persistence persistence);

// What precedes a chunk of `size` > 0 bytes: the end of the previous chunk, unless this is the
// first, and the chunk's own head. At most kMaxChunkHead bytes.
inline constexpr size_t kMaxChunkHead = 24;
void write_chunk_head(ByteWriter& out, size_t size, bool first);
// What ends the body; `first` if it has no chunks.
void write_last_chunk(ByteWriter& out, bool first);

enum class HttpStatus : uint16_t {
  found = 302,
  invalid_request = 400,
  payment_required = 402,
  access_denied = 403,
  not_found = 404,
  internal_error = 500,
  unavailable = 503
};

struct ErrorPage {
  HttpStatus status = HttpStatus::invalid_request;
  std::string_view location = {};       // for found; must not contain control bytes
  std::chrono::seconds retry_after{0};  // for unavailable
  // A line after the title; it is not escaped, so it must be safe in HTML.
  std::string_view explanation = {};
};

[[nodiscard]] ByteView write_error_page(ByteSpan out, const ErrorPage& page,
                                        Persistence persistence);

}  // namespace ot
