#include "protocol/http_reply.h"

#include <gtest/gtest.h>

#include <array>
#include <limits>
#include <string>

#include "unit/support/guarded_bytes.h"

namespace ot {
namespace {

std::string error_page(const ErrorPage& page, Persistence persistence) {
  std::array<uint8_t, kMaxErrorPage> out{};
  return std::string(as_text(write_error_page(out, page, persistence)));
}

std::string closing_page(HttpStatus status) {
  return error_page({.status = status}, Persistence::close);
}

TEST(OkHead, IsDirectlyBeforeTheBody) {
  std::array<uint8_t, kReplyHeadRoom + 20> out{};
  ByteWriter(ByteSpan(out).subspan(kReplyHeadRoom)).text("d5:filesdee");
  const ByteView reply =
      prepend_ok_head(out, kReplyHeadRoom, kReplyHeadRoom + 11, Persistence::keep);
  EXPECT_EQ(as_text(reply),
            "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 11\r\n\r\nd5:filesdee");
}

TEST(OkHead, SaysWhatHappensToTheConnection) {
  const auto head = [](Persistence persistence) {
    std::array<uint8_t, kReplyHeadRoom> out{};
    ByteWriter writer(out);
    write_ok_head(writer, 5, persistence, "text/xml");
    return std::string(as_text(writer.written()));
  };
  EXPECT_EQ(head(Persistence::close),
            "HTTP/1.1 200 OK\r\nContent-Type: text/xml\r\nContent-Length: 5\r\n"
            "Connection: close\r\n\r\n");
  EXPECT_EQ(head(Persistence::keep_and_say),
            "HTTP/1.1 200 OK\r\nContent-Type: text/xml\r\nContent-Length: 5\r\n"
            "Connection: keep-alive\r\n\r\n");
}

TEST(OkHead, FitsIntoItsRoomAtItsLongest) {
  std::array<uint8_t, kReplyHeadRoom> out{};
  ByteWriter writer(out);
  write_ok_head(writer, SIZE_MAX, Persistence::keep_and_say, std::string(48, 'x'));
  EXPECT_FALSE(writer.failed());
}

TEST(OkHead, IsEmptyIfItDoesNotFit) {
  std::array<uint8_t, 256> out{};
  EXPECT_TRUE(prepend_ok_head(out, 10, 20, Persistence::keep).empty());
  EXPECT_TRUE(prepend_ok_head(out, 200, 257, Persistence::keep).empty());
  EXPECT_FALSE(prepend_ok_head(out, 200, 256, Persistence::keep).empty());
}

std::string written(void (*write)(ByteWriter&)) {
  std::array<uint8_t, kReplyHeadRoom> room{};
  ByteWriter writer(room);
  write(writer);
  EXPECT_FALSE(writer.failed());
  return std::string(as_text(writer.written()));
}

TEST(StreamedBody, HasAHeadThatSaysHowItIsSent) {
  EXPECT_EQ(written([](ByteWriter& out) {
              write_stream_head(out, {.chunked = true, .gzip = true}, Persistence::keep_and_say);
            }),
            "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Encoding: gzip\r\n"
            "Transfer-Encoding: chunked\r\nVary: Accept-Encoding\r\n"
            "Connection: keep-alive\r\n\r\n");
  EXPECT_EQ(written([](ByteWriter& out) { write_stream_head(out, {}, Persistence::close); }),
            "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nVary: Accept-Encoding\r\n"
            "Connection: close\r\n\r\n");
}

TEST(StreamedBody, ComesInChunks) {
  EXPECT_EQ(written([](ByteWriter& out) {
              write_chunk_head(out, 255, true);
              out.text("(255)");
              write_chunk_head(out, SIZE_MAX, false);
              out.text("(max)");
              write_last_chunk(out, false);
            }),
            "ff\r\n(255)\r\nffffffffffffffff\r\n(max)\r\n0\r\n\r\n");
  EXPECT_EQ(written([](ByteWriter& out) { write_last_chunk(out, true); }), "0\r\n\r\n");
}

TEST(ErrorPage, HasTheBytesOfTheReference) {
  EXPECT_EQ(closing_page(HttpStatus::invalid_request),
            "HTTP/1.0 400 Invalid Request\r\nContent-Type: text/html\r\nContent-Length: 31\r\n"
            "Connection: close\r\n\r\n<title>Invalid Request</title>\n");
  EXPECT_EQ(closing_page(HttpStatus::payment_required),
            "HTTP/1.0 402 Payment Required\r\nContent-Type: text/html\r\nContent-Length: 32\r\n"
            "Connection: close\r\n\r\n<title>Payment Required</title>\n");
  EXPECT_EQ(closing_page(HttpStatus::access_denied),
            "HTTP/1.0 403 Access Denied\r\nContent-Type: text/html\r\nContent-Length: 29\r\n"
            "Connection: close\r\n\r\n<title>Access Denied</title>\n");
  EXPECT_EQ(closing_page(HttpStatus::not_found),
            "HTTP/1.0 404 Not Found\r\nContent-Type: text/html\r\nContent-Length: 25\r\n"
            "Connection: close\r\n\r\n<title>Not Found</title>\n");
  EXPECT_EQ(closing_page(HttpStatus::internal_error),
            "HTTP/1.0 500 Internal Server Error\r\nContent-Type: text/html\r\n"
            "Content-Length: 37\r\nConnection: close\r\n\r\n"
            "<title>Internal Server Error</title>\n");
}

TEST(ErrorPage, RedirectsWithoutAPage) {
  EXPECT_EQ(error_page({.status = HttpStatus::found, .location = "http://example.org/x"},
                       Persistence::close),
            "HTTP/1.0 302 Found\r\nContent-Length: 0\r\nLocation: http://example.org/x\r\n"
            "Connection: close\r\n\r\n");
}

TEST(ErrorPage, SaysWhenToRetry) {
  EXPECT_EQ(error_page({.status = HttpStatus::unavailable, .retry_after = std::chrono::minutes(2)},
                       Persistence::keep),
            "HTTP/1.1 503 Service Unavailable\r\nContent-Type: text/html\r\nContent-Length: 35\r\n"
            "Retry-After: 120\r\n\r\n<title>Service Unavailable</title>\n");
}

TEST(ErrorPage, IsHttp11IfTheConnectionStaysOpen) {
  EXPECT_EQ(error_page({.status = HttpStatus::not_found}, Persistence::keep_and_say),
            "HTTP/1.1 404 Not Found\r\nContent-Type: text/html\r\nContent-Length: 25\r\n"
            "Connection: keep-alive\r\n\r\n<title>Not Found</title>\n");
}

TEST(ErrorPage, IsAnInternalErrorForAnUnknownStatus) {
  const auto page = closing_page(static_cast<HttpStatus>(299));
  EXPECT_TRUE(page.starts_with("HTTP/1.0 500 ")) << page;
}

TEST(ErrorPage, IsWholeOrEmpty) {
  GuardedBytes guard(kMaxErrorPage);
  const std::string url(256, 'u');
  const ErrorPage redirect{.status = HttpStatus::found, .location = url};
  const size_t whole = error_page(redirect, Persistence::keep_and_say).size();
  ASSERT_GT(whole, 256U);
  for (size_t room = 0; room <= whole; ++room) {
    const ByteView page = write_error_page(guard.last(room), redirect, Persistence::keep_and_say);
    EXPECT_EQ(page.size(), room < whole ? 0 : whole);
  }
}

}  // namespace
}  // namespace ot
