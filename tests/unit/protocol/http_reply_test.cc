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
            "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nCache-Control: no-store\r\n"
            "Content-Length: 11\r\n\r\nd5:filesdee");
}

TEST(OkHead, SaysWhatHappensToTheConnection) {
  const auto head = [](Persistence persistence) {
    std::array<uint8_t, kReplyHeadRoom> out{};
    ByteWriter writer(out);
    write_ok_head(writer, 5, persistence, {.type = "text/xml"});
    return std::string(as_text(writer.written()));
  };
  EXPECT_EQ(head(Persistence::close),
            "HTTP/1.1 200 OK\r\nContent-Type: text/xml\r\nCache-Control: no-store\r\n"
            "Content-Length: 5\r\n"
            "Connection: close\r\n\r\n");
  EXPECT_EQ(head(Persistence::keep_and_say),
            "HTTP/1.1 200 OK\r\nContent-Type: text/xml\r\nCache-Control: no-store\r\n"
            "Content-Length: 5\r\n"
            "Connection: keep-alive\r\n\r\n");
}

TEST(OkHead, FitsIntoItsRoomAtItsLongest) {
  std::array<uint8_t, kReplyHeadRoom> out{};
  ByteWriter writer(out);
  const std::string type(48, 'x');
  write_ok_head(writer, SIZE_MAX, Persistence::keep_and_say, {.type = type, .any_origin = true});
  EXPECT_FALSE(writer.failed());
}

TEST(OkHead, SaysIfAnyPageMayReadTheBody) {
  std::array<uint8_t, kReplyHeadRoom> out{};
  ByteWriter writer(out);
  write_ok_head(writer, 5, Persistence::close, {.any_origin = true});
  EXPECT_EQ(as_text(writer.written()),
            "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nCache-Control: no-store\r\n"
            "Access-Control-Allow-Origin: *\r\nContent-Length: 5\r\nConnection: close\r\n\r\n");
}

TEST(HeadOnly, IsAReplyWithoutItsBody) {
  const std::string head = "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n";
  for (const std::string body : {"", "a\r\n\r\nb", "123456789"})
    EXPECT_EQ(as_text(head_of(as_bytes(head + body))), head) << body;
  EXPECT_TRUE(head_of({}).empty());
}

TEST(HeadOnly, HasNoLengthIfThatIsNotKnown) {
  std::array<uint8_t, kReplyHeadRoom> out{};
  EXPECT_EQ(as_text(write_head_without_length(out, Persistence::keep)),
            "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nCache-Control: no-store\r\n\r\n");
  EXPECT_TRUE(write_head_without_length(ByteSpan(out).first(20), Persistence::keep).empty());
}

TEST(OptionsReply, HasNoBodyAndNoLength) {
  std::array<uint8_t, kMaxErrorPage> out{};
  const std::string reply(as_text(write_options_reply(out, Persistence::close)));
  EXPECT_TRUE(reply.starts_with("HTTP/1.1 204 No Content\r\n")) << reply;
  EXPECT_TRUE(reply.ends_with("\r\nConnection: close\r\n\r\n")) << reply;
  for (const std::string line :
       {"Allow: GET, HEAD, OPTIONS", "Access-Control-Allow-Origin: *", "Cache-Control: no-store",
        "Access-Control-Allow-Methods: GET, HEAD, OPTIONS"})
    EXPECT_NE(reply.find("\r\n" + line + "\r\n"), std::string::npos) << line;
  EXPECT_EQ(reply.find("Content-Length"), std::string::npos);
}

// A wildcard, or this line in the list, would let every web page change the tracker through the
// browser of somebody who may (permissions.h).
TEST(OptionsReply, DoesNotLetAPageSendTheLineThatPermitsChanges) {
  std::array<uint8_t, kMaxErrorPage> out{};
  const std::string reply(as_text(write_options_reply(out, Persistence::keep)));
  const size_t begin = reply.find("Access-Control-Allow-Headers: ");
  ASSERT_NE(begin, std::string::npos);
  const std::string allowed = reply.substr(begin, reply.find("\r\n", begin) - begin);
  EXPECT_EQ(allowed.find('*'), std::string::npos) << allowed;
  EXPECT_EQ(allowed.find("X-Opentracker"), std::string::npos) << allowed;
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
            "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\n"
            "Cache-Control: no-store\r\nContent-Encoding: gzip\r\n"
            "Transfer-Encoding: chunked\r\nVary: Accept-Encoding\r\n"
            "Connection: keep-alive\r\n\r\n");
  EXPECT_EQ(written([](ByteWriter& out) { write_stream_head(out, {}, Persistence::close); }),
            "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\n"
            "Cache-Control: no-store\r\nVary: Accept-Encoding\r\n"
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
            "HTTP/1.0 400 Invalid Request\r\nContent-Type: text/html\r\n"
            "Cache-Control: no-store\r\nContent-Length: 31\r\n"
            "Connection: close\r\n\r\n<title>Invalid Request</title>\n");
  EXPECT_EQ(closing_page(HttpStatus::payment_required),
            "HTTP/1.0 402 Payment Required\r\nContent-Type: text/html\r\n"
            "Cache-Control: no-store\r\nContent-Length: 32\r\n"
            "Connection: close\r\n\r\n<title>Payment Required</title>\n");
  EXPECT_EQ(closing_page(HttpStatus::access_denied),
            "HTTP/1.0 403 Access Denied\r\nContent-Type: text/html\r\n"
            "Cache-Control: no-store\r\nContent-Length: 29\r\n"
            "Connection: close\r\n\r\n<title>Access Denied</title>\n");
  EXPECT_EQ(closing_page(HttpStatus::not_found),
            "HTTP/1.0 404 Not Found\r\nContent-Type: text/html\r\n"
            "Cache-Control: no-store\r\nContent-Length: 25\r\n"
            "Connection: close\r\n\r\n<title>Not Found</title>\n");
  EXPECT_EQ(closing_page(HttpStatus::internal_error),
            "HTTP/1.0 500 Internal Server Error\r\nContent-Type: text/html\r\n"
            "Cache-Control: no-store\r\nContent-Length: 37\r\nConnection: close\r\n\r\n"
            "<title>Internal Server Error</title>\n");
}

TEST(ErrorPage, RedirectsWithoutAPage) {
  EXPECT_EQ(error_page({.status = HttpStatus::found, .location = "http://example.org/x"},
                       Persistence::close),
            "HTTP/1.0 302 Found\r\nCache-Control: no-store\r\nContent-Length: 0\r\nLocation: "
            "http://example.org/x\r\n"
            "Connection: close\r\n\r\n");
}

TEST(ErrorPage, SaysWhenToRetry) {
  EXPECT_EQ(error_page({.status = HttpStatus::unavailable, .retry_after = std::chrono::minutes(2)},
                       Persistence::keep),
            "HTTP/1.1 503 Service Unavailable\r\nContent-Type: text/html\r\n"
            "Cache-Control: no-store\r\nContent-Length: 35\r\n"
            "Retry-After: 120\r\n\r\n<title>Service Unavailable</title>\n");
}

TEST(ErrorPage, IsHttp11IfTheConnectionStaysOpen) {
  EXPECT_EQ(error_page({.status = HttpStatus::not_found}, Persistence::keep_and_say),
            "HTTP/1.1 404 Not Found\r\nContent-Type: text/html\r\n"
            "Cache-Control: no-store\r\nContent-Length: 25\r\n"
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
