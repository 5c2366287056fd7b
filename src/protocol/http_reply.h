// The heads of HTTP replies and the error pages.
//
// A reply is built backwards: the body goes to a buffer behind kReplyHeadRoom bytes, then its head,
// which needs the length, is put right before it, so that a body never moves. The functions answer
// the view of the whole reply inside the buffer, or an empty view if the buffer is too small.
// The bytes follow the reference: success is HTTP/1.1 text/plain; an error that closes is HTTP/1.0
// text/html with a title for a body.
#pragma once

#include <chrono>
#include <cstdint>
#include <string_view>

#include "base/bytes.h"
#include "protocol/http_message.h"

namespace ot {

// What the longest head of a 200 reply needs, its content type up to 48 bytes.
inline constexpr size_t kReplyHeadRoom = 160;
// Any error page, its Location up to 256 bytes, its explanation up to 512.
inline constexpr size_t kMaxErrorPage = 1024;

inline constexpr std::string_view kTextPlain = "text/plain";

// The head of `200 OK` for a body of content_length bytes.
void write_ok_head(ByteWriter& out, size_t content_length, Persistence persistence,
                   std::string_view content_type = kTextPlain);

// Puts the head of `200 OK` right before the body that stands at [begin, end) of `out`; begin must
// be at least kReplyHeadRoom.
[[nodiscard]] ByteView prepend_ok_head(ByteSpan out, size_t begin, size_t end,
                                       Persistence persistence,
                                       std::string_view content_type = kTextPlain);

// How a body travels whose length is not known when its head is sent.
struct StreamedBody {
  bool chunked = false;  // HTTP/1.1; else it ends with the connection, which must be closed then
  bool gzip = false;
};

// The head of `200 OK` for such a body; kReplyHeadRoom is enough for it.
void write_stream_head(ByteWriter& out, const StreamedBody& body, Persistence persistence);

// What stands in front of `size` > 0 bytes of a chunked body, the end of the chunk before included
// unless this is the first; and what stands behind the last chunk.
inline constexpr size_t kMaxChunkHead = 24;
void write_chunk_head(ByteWriter& out, size_t size, bool first);
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
  std::string_view location = {};       // with found; must be free of control bytes
  std::chrono::seconds retry_after{0};  // with unavailable
  // A line behind the title for whoever reads it; stands in HTML as it is.
  std::string_view explanation = {};
};

[[nodiscard]] ByteView write_error_page(ByteSpan out, const ErrorPage& page,
                                        Persistence persistence);

}  // namespace ot
