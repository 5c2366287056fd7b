#include "protocol/http_reply.h"

#include <algorithm>
#include <array>
#include <cassert>

#include "base/text.h"

namespace ot {
namespace {

struct StatusRow {
  HttpStatus status;
  std::string_view code;
  std::string_view phrase;  // in the status line and the page
};

constexpr std::array<StatusRow, 7> kStatuses{{
    {HttpStatus::found, "302", "Found"},
    {HttpStatus::invalid_request, "400", "Invalid Request"},
    {HttpStatus::payment_required, "402", "Payment Required"},
    {HttpStatus::access_denied, "403", "Access Denied"},
    {HttpStatus::not_found, "404", "Not Found"},
    {HttpStatus::internal_error, "500", "Internal Server Error"},
    {HttpStatus::unavailable, "503", "Service Unavailable"},
}};

constexpr std::string_view kAnyOrigin = "Access-Control-Allow-Origin: *\r\n";
constexpr std::string_view kTitle = "<title>";
constexpr std::string_view kTitleEnd = "</title>\n";

struct PageText {
  std::string_view phrase;
  std::string_view explanation;

  [[nodiscard]] size_t size() const {
    const size_t line = explanation.empty() ? 0 : explanation.size() + 1;
    return kTitle.size() + phrase.size() + kTitleEnd.size() + line;
  }
  void write(ByteWriter& out) const {
    out.text(kTitle);
    out.text(phrase);
    out.text(kTitleEnd);
    out.text(explanation);
    if (!explanation.empty()) out.text("\n");
  }
};

const StatusRow& row_of(HttpStatus status) {
  for (const StatusRow& row : kStatuses) {
    if (row.status == status) return row;
  }
  return kStatuses[5];
}

// The status line and what is common to all 200 replies.
void write_ok_start(ByteWriter& out, std::string_view content_type) {
  out.text("HTTP/1.1 200 OK\r\nContent-Type: ");
  out.text(content_type);
  out.text("\r\nCache-Control: no-store\r\n");
}

void write_connection(ByteWriter& out, Persistence persistence) {
  if (persistence == Persistence::close) out.text("Connection: close\r\n");
  if (persistence == Persistence::keep_and_say) out.text("Connection: keep-alive\r\n");
}

}  // namespace

void write_ok_head(ByteWriter& out, size_t content_length, Persistence persistence,
                   const Content& content) {
  write_ok_start(out, content.type);
  if (content.any_origin) out.text(kAnyOrigin);
  out.text("Content-Length: ");
  out.decimal(content_length);
  out.text("\r\n");
  write_connection(out, persistence);
  out.text("\r\n");
}

ByteView prepend_ok_head(ByteSpan out, size_t begin, size_t end, Persistence persistence,
                         const Content& content) {
  assert(begin <= end);
  // NOLINTNEXTLINE(cppcoreguidelines-pro-type-member-init): written before it is read
  std::array<uint8_t, kReplyHeadRoom> scratch;
  ByteWriter head(scratch);
  write_ok_head(head, end - begin, persistence, content);
  if (head.failed() || head.size() > begin || end > out.size()) return {};
  const size_t start = begin - head.size();
  std::memcpy(out.data() + start, scratch.data(), head.size());
  return out.subspan(start, end - start);
}

ByteView write_head_without_length(ByteSpan out, Persistence persistence) {
  ByteWriter head(out);
  write_ok_start(head, kTextPlain);
  write_connection(head, persistence);
  head.text("\r\n");
  return head.failed() ? ByteView() : head.written();
}

ByteView head_of(ByteView reply) {
  constexpr std::string_view kEnd = "\r\n\r\n";
  const size_t end = as_text(reply).find(kEnd);
  return end == std::string_view::npos ? reply : reply.first(end + kEnd.size());
}

ByteView write_options_reply(ByteSpan out, Persistence persistence) {
  ByteWriter head(out);
  head.text("HTTP/1.1 204 No Content\r\nAllow: GET, HEAD, OPTIONS\r\nCache-Control: no-store\r\n");
  head.text(kAnyOrigin);
  head.text(
      "Access-Control-Allow-Methods: GET, HEAD, OPTIONS\r\n"
      "Access-Control-Allow-Headers: Accept, Cache-Control, Content-Type, Pragma, Range, "
      "X-Requested-With\r\n");
  write_connection(head, persistence);
  head.text("\r\n");
  return head.failed() ? ByteView() : head.written();
}

void write_stream_head(ByteWriter& out, const StreamedBody& body, Persistence persistence) {
  write_ok_start(out, kTextPlain);
  if (body.gzip) out.text("Content-Encoding: gzip\r\n");
  if (body.chunked) out.text("Transfer-Encoding: chunked\r\n");
  out.text("Vary: Accept-Encoding\r\n");
  write_connection(out, persistence);
  out.text("\r\n");
}

void write_chunk_head(ByteWriter& out, size_t size, bool first) {
  assert(size > 0);  // a chunk of 0 bytes would end the body
  if (!first) out.text("\r\n");
  std::array<char, 2 * sizeof(size)> digits{};
  const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), size, 16).ptr;
  out.text({digits.data(), static_cast<size_t>(end - digits.data())});
  out.text("\r\n");
}

void write_last_chunk(ByteWriter& out, bool first) {
  out.text(first ? "0\r\n\r\n" : "\r\n0\r\n\r\n");
}

ByteView write_error_page(ByteSpan out, const ErrorPage& page, Persistence persistence) {
  assert(std::none_of(page.location.begin(), page.location.end(), is_control));
  const StatusRow& row = row_of(page.status);
  // The reference sends a redirect without a page, because nobody reads one.
  const bool has_page = page.status != HttpStatus::found;
  const PageText text{row.phrase, page.explanation};
  ByteWriter writer(out);
  writer.text(persistence == Persistence::close ? "HTTP/1.0 " : "HTTP/1.1 ");
  writer.text(row.code);
  writer.text(" ");
  writer.text(row.phrase);
  writer.text("\r\n");
  if (has_page) writer.text("Content-Type: text/html\r\n");
  writer.text("Cache-Control: no-store\r\nContent-Length: ");
  writer.decimal(has_page ? text.size() : 0);
  writer.text("\r\n");
  if (!has_page) {
    writer.text("Location: ");
    writer.text(page.location);
    writer.text("\r\n");
  }
  if (page.status == HttpStatus::unavailable) {
    writer.text("Retry-After: ");
    writer.decimal(page.retry_after.count());
    writer.text("\r\n");
  }
  write_connection(writer, persistence);
  writer.text("\r\n");
  if (has_page) text.write(writer);
  return writer.failed() ? ByteView() : writer.written();
}

}  // namespace ot
