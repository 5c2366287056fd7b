#include "protocol/health_question.h"

#include <gtest/gtest.h>

#include <array>

#include "protocol/http_message.h"
#include "protocol/http_tracker.h"
#include "protocol/udp_packet.h"

namespace ot {
namespace {

using Kind = HealthVerdict::Kind;

// The reason, "healthy" or "incomplete".
std::string text_of(const HealthVerdict& verdict) {
  if (verdict.kind == Kind::healthy) return "healthy";
  return verdict.kind == Kind::incomplete ? "incomplete" : verdict.reason;
}

std::string ended(std::string_view answer) { return text_of(judge_http_answer(answer, true)); }
std::string so_far(std::string_view answer) { return text_of(judge_http_answer(answer, false)); }

std::string with_body(std::string_view body) {
  return "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: " +
         std::to_string(body.size()) + "\r\n\r\n" + std::string(body);
}

TEST(HealthQuestion, IsAScrapeOfZerosAtTheAnnounceUrl) {
  const std::string zeros =
      "info_hash=%00%00%00%00%00%00%00%00%00%00%00%00%00%00%00%00%00%00%00%00 HTTP/1.0\r\n";
  const auto line = [](std::string_view target) {
    const std::string question = http_health_question(target, "127.0.0.1:80");
    return question.substr(0, question.find('\n') + 1);
  };
  for (const char* target : {"", "/", "/announce", "/scrape"})
    EXPECT_EQ(line(target), "GET /scrape?" + zeros) << target;
  EXPECT_EQ(line("/t/announce.php?key=1"), "GET /t/scrape.php?key=1&" + zeros);
  EXPECT_EQ(line("?key=1"), "GET /scrape?key=1&" + zeros);
  EXPECT_EQ(line("/announce?"), "GET /scrape?" + zeros);
  EXPECT_EQ(line("/announce/x"), "GET /announce/x?" + zeros);
}

TEST(HealthQuestion, IsARequestThatTheTrackerReads) {
  const std::string question = http_health_question("/", "[::1]:6969");
  const HeadResult read = parse_head(as_bytes(question));
  ASSERT_EQ(read.status, HeadResult::Status::complete);
  EXPECT_EQ(read.head.size, question.size());
  EXPECT_EQ(find_field(read.head, "host"), "[::1]:6969");
  std::array<uint8_t, kUdpHealthQuestion> bytes{};
  ByteWriter out(bytes);
  write_udp_health_question(out, 7);
  UdpRequest request;
  ASSERT_TRUE(parse_udp_request(out.written(), IpAddress(), request));
  EXPECT_EQ(std::get<UdpConnect>(request).transaction, 7U);
}

TEST(HealthAnswer, IsGoodIfATrackerReplies) {
  for (const char* body :
       {"d5:filesd20:00000000000000000000d8:completei0e10:downloadedi0e10:incompletei0eeee",
        "d5:filesdee", "d14:failure reason12:not for you!8:intervali1800ee",
        "d14:failure reason1:x8:retry in5:nevere"}) {
    EXPECT_EQ(so_far(with_body(body)), "healthy") << body;
    EXPECT_EQ(ended("HTTP/1.0 200 OK\n\n" + std::string(body)), "healthy") << body;
    const std::string whole = with_body(body);
    for (size_t size = 0; size < whole.size(); ++size)
      EXPECT_EQ(so_far(whole.substr(0, size)), "incomplete") << size;
  }
}

TEST(HealthAnswer, IsBadWithAReasonOtherwise) {
  EXPECT_EQ(ended(""), "the connection was closed without an answer");
  EXPECT_EQ(ended("SSH-2.0-x\r\n"), "the answer is not HTTP: 'SSH-2.0-x'");
  EXPECT_EQ(ended("HTTP/1.1 302 Found\r\nLocation: /\r\n\r\n"), "status 302 Found");
  EXPECT_EQ(so_far("HTTP/1.1 503 Service Unavailable\r\n\r\n"), "status 503 Service Unavailable");
  EXPECT_EQ(ended("HTTP/1.1 200 OK\r\nContent-"), "the answer is cut off");
  EXPECT_EQ(ended(with_body("d5:filesdee").substr(0, 70)), "the answer is cut off");
  for (const char* body : {"<html>", "", "d", "de", "d5:filesde", "d5:filesdeex", "d5:files",
                           "d3:abci1ee", "i1e", "d5:filesi1-2ee", "d9999999999999999999:e",
                           "d5:filesde14:failure reasone", "dddddddddd", "d5:filesleie"})
    EXPECT_EQ(ended(with_body(body)).rfind("the answer is not a tracker's: '", 0), 0U) << body;
}

TEST(HealthAnswer, IsShownWithoutControlCharactersAndBounded) {
  const std::string said = ended("\x1b[31m" + std::string(10000, 'x'));
  EXPECT_EQ(said.find('\x1b'), std::string::npos);
  EXPECT_LT(said.size(), 200U);
  EXPECT_NE(so_far(std::string(kMaxHealthAnswer, 'x')), "incomplete");
}

std::string udp(std::string_view datagram) {
  return text_of(judge_udp_answer(as_bytes(datagram), 0x61626364));
}

TEST(HealthAnswer, OfUdpIsAConnectReplyToTheSameTransaction) {
  using std::string_view_literals::operator""sv;
  EXPECT_EQ(udp("\0\0\0\0abcd12345678"sv), "healthy");
  EXPECT_EQ(udp("\0\0\0\0abce12345678"sv), "incomplete");
  EXPECT_EQ(udp(""), "incomplete");
  EXPECT_EQ(udp("\0\0\0\0abc"sv), "incomplete");
  EXPECT_EQ(udp("\0\0\0\3abcdgo away"sv), "error: 'go away'");
  EXPECT_EQ(udp("\0\0\0\0abcd1234567"sv), "the answer is not a tracker's: 15 bytes, action 0");
  EXPECT_EQ(udp("\0\0\0\1abcd12345678"sv), "the answer is not a tracker's: 16 bytes, action 1");
}

}  // namespace
}  // namespace ot
