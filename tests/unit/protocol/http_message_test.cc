#include "protocol/http_message.h"

#include <gtest/gtest.h>

#include <array>
#include <string>
#include <vector>

#include "unit/support/guarded_bytes.h"
#include "unit/support/thread_time.h"

namespace ot {
namespace {

using Status = HeadResult::Status;

HeadResult parse(std::string_view text, size_t scanned = 0) {
  return parse_head(as_bytes(text), scanned);
}

RequestHead head_of(std::string_view text) {
  const HeadResult result = parse(text);
  EXPECT_EQ(result.status, Status::complete) << text;
  return result.head;
}

void expect_bad(std::string_view text, BadHead reason) {
  const HeadResult result = parse(text);
  EXPECT_EQ(result.status, Status::bad) << text;
  EXPECT_EQ(result.reason, reason) << text;
}

constexpr std::string_view kRequest =
    "GET /announce?info_hash=x HTTP/1.1\r\nHost: tracker:6969\r\nUser-Agent: x/1.0\r\n"
    "Accept-Encoding: gzip\r\nX-Forwarded-For: 192.0.2.1\r\n\r\n";

TEST(ParseHead, ViewsTheParts) {
  const RequestHead head = head_of(kRequest);
  EXPECT_EQ(head.target, "/announce?info_hash=x");
  EXPECT_EQ(head.version, HttpVersion::v1_1);
  EXPECT_EQ(head.persistence, Persistence::keep);
  EXPECT_EQ(head.size, kRequest.size());
  EXPECT_TRUE(head.fields.starts_with("Host: tracker:6969\r\n"));
}

TEST(ParseHead, LeavesPipelinedInput) {
  const std::string two = std::string(kRequest) + "GET /scrape HTTP/1.1\r\n\r\n";
  const RequestHead first = head_of(two);
  EXPECT_EQ(first.size, kRequest.size());
  EXPECT_EQ(first.fields.find("scrape"), std::string_view::npos);
  EXPECT_EQ(head_of(std::string_view(two).substr(first.size)).target, "/scrape");
}

TEST(ParseHead, IsIncompleteForEveryPrefix) {
  for (const std::string_view text :
       {kRequest, std::string_view("GET / HTTP/1.0\n\n"), std::string_view("GET /a\r\n\r\n"),
        std::string_view("\r\nGET / HTTP/1.1\nHost: x\r\n\n"), std::string_view("GET /\n\r\n")}) {
    for (size_t size = 0; size < text.size(); ++size)
      EXPECT_EQ(parse(text.substr(0, size)).status, Status::incomplete) << text.substr(0, size);
    EXPECT_EQ(head_of(text).size, text.size());
  }
}

TEST(ParseHead, ResumesWhereItStopped) {
  size_t scanned = 0;
  for (size_t size = 0; size < kRequest.size(); ++size) {
    const HeadResult result = parse(kRequest.substr(0, size), scanned);
    ASSERT_EQ(result.status, Status::incomplete);
    // Only the half of a line end that may become an empty line is scanned again.
    EXPECT_LE(result.scanned, size);
    EXPECT_GE(result.scanned + 2, size);
    scanned = result.scanned;
  }
  const HeadResult result = parse(kRequest, scanned);
  ASSERT_EQ(result.status, Status::complete);
  EXPECT_EQ(result.head.size, kRequest.size());
  EXPECT_EQ(result.head.target, "/announce?info_hash=x");
}

TEST(ParseHead, ResumesAtEveryOffsetWithTheSameResult) {
  for (size_t size = 0; size < kRequest.size(); ++size) {
    const size_t scanned = parse(kRequest.substr(0, size)).scanned;
    EXPECT_EQ(parse(kRequest, scanned).head.size, kRequest.size()) << size;
  }
}

TEST(ParseHead, SurvivesAScannedOffsetThatIsTooLarge) {
  EXPECT_EQ(parse("GET / HT", 5000).status, Status::incomplete);
}

TEST(ParseHead, AcceptsLineFeedsAlone) {
  const RequestHead head = head_of("GET /announce?port=1 HTTP/1.0\nHost: x\nAccept: */*\n\n");
  EXPECT_EQ(head.target, "/announce?port=1");
  EXPECT_EQ(find_field(head, "host"), "x");
  EXPECT_EQ(find_field(head, "Accept"), "*/*");
}

TEST(ParseHead, AcceptsHttp10WithoutHost) {
  const RequestHead head = head_of("GET /announce?port=1 HTTP/1.0\r\n\r\n");
  EXPECT_EQ(head.version, HttpVersion::v1_0);
  EXPECT_EQ(head.persistence, Persistence::close);
  EXPECT_EQ(head.fields, "\r\n");
}

TEST(ParseHead, ClosesForAMissingOrUnknownVersion) {
  for (const std::string_view text :
       {"GET /x\r\n\r\n", "GET /x \r\n\r\n", "GET /x HTTP/2.0\r\n\r\n", "GET /x FOO\r\n\r\n",
        "GET /x HTTP/1.1 \r\n\r\n", "GET /x b&c HTTP/3\r\n\r\n"}) {
    const RequestHead head = head_of(text);
    EXPECT_EQ(head.target, "/x");
    EXPECT_EQ(head.version, HttpVersion::v0_9) << text;
    EXPECT_EQ(head.persistence, Persistence::close);
  }
}

TEST(ParseHead, AcceptsASpaceBeforeTheQuestionMark) {
  EXPECT_EQ(head_of("GET /announce ?port=1 HTTP/1.0\r\n\r\n").target, "/announce ?port=1");
  EXPECT_EQ(head_of("GET /announce ?port=1\r\n\r\n").target, "/announce ?port=1");
}

TEST(ParseHead, EndsTheTargetAtAnyOtherSpace) {
  EXPECT_EQ(head_of("GET /announce?a=b c=d HTTP/1.1\r\n\r\n").target, "/announce?a=b");
  EXPECT_EQ(head_of("GET /announce?a=b ?c=d HTTP/1.1\r\n\r\n").target, "/announce?a=b");
  EXPECT_EQ(head_of("GET /a b ?c=d HTTP/1.1\r\n\r\n").version, HttpVersion::v1_1);
}

TEST(ParseHead, KeepsRawBytesOfTheUpperHalf) {
  EXPECT_EQ(head_of("GET /announce?info_hash=\x80\xff HTTP/1.1\r\n\r\n").target,
            "/announce?info_hash=\x80\xff");
}

TEST(ParseHead, SkipsTwoLeadingEmptyLines) {
  EXPECT_EQ(head_of("\r\nGET / HTTP/1.1\r\n\r\n").size, 20U);
  EXPECT_EQ(head_of("\n\nGET / HTTP/1.1\r\n\r\n").target, "/");
  EXPECT_EQ(parse("\r").status, Status::incomplete);
  EXPECT_EQ(parse("\r\n\r").status, Status::incomplete);
  expect_bad("\r\n\r\n\r\n", BadHead::bad_method);
  expect_bad("\rGET / HTTP/1.1\r\n\r\n", BadHead::bad_method);
}

TEST(ParseHead, RefusesOtherMethodsAtTheFirstWrongByte) {
  for (const std::string_view text :
       {"P", "GEX", "HEAT", "OPTIONS/", "GET\t/ HTTP/1.1\r\n\r\n",
        "POST /announce HTTP/1.1\r\n\r\n", "TRACE / HTTP/1.1", "get / HTTP/1.1\r\n\r\n",
        "head / HTTP/1.1\r\n\r\n", "GET/ HTTP/1.0\r\n\r\n", "GET\r\n\r\n", "HEAD\r\n\r\n",
        "\x16\x03\x01", "d1:ad2:id20:",
        "\x13"
        "BitTorrent protocol"})
    expect_bad(text, BadHead::bad_method);
  expect_bad(std::string_view("\0", 1), BadHead::bad_method);
}

TEST(ParseHead, RefusesTargetsThatAreNotPaths) {
  for (const std::string_view text :
       {"GET \r\n\r\n", "GET  / HTTP/1.1\r\n\r\n", "GET ?port=1 HTTP/1.1\r\n\r\n",
        "GET ftp://tracker/announce HTTP/1.1\r\n\r\n", "GET http:/announce HTTP/1.1\r\n\r\n",
        "GET http:///announce HTTP/1.1\r\n\r\n", "GET http://:80/announce HTTP/1.1\r\n\r\n",
        "GET http:// HTTP/1.1\r\n\r\n", "GET http://?port=1 HTTP/1.1\r\n\r\n",
        "GET tracker:6969 HTTP/1.1\r\n\r\n", "GET http://a\tb/ HTTP/1.1\r\n\r\n",
        "GET * HTTP/1.1\r\n\r\n", "HEAD * HTTP/1.1\r\n\r\n", "GET /a\tb HTTP/1.1\r\n\r\n",
        "GET /a\rb HTTP/1.1\r\n\r\n", "GET /a\x7f HTTP/1.1\r\n\r\n", "GET HTTP/1.1\r\n\r\n"})
    expect_bad(text, BadHead::bad_target);
  expect_bad(std::string_view("GET /\0 HTTP/1.1\r\n\r\n", 19), BadHead::bad_target);
}

TEST(ParseHead, KnowsTheMethodsThatChangeNothing) {
  EXPECT_EQ(head_of(kRequest).method, Method::get);
  EXPECT_EQ(head_of("HEAD /stats HTTP/1.1\r\n\r\n").method, Method::head);
  EXPECT_EQ(head_of("OPTIONS /stats.json HTTP/1.1\r\n\r\n").method, Method::options);
  EXPECT_EQ(head_of("HEAD /stats HTTP/1.1\r\n\r\n").target, "/stats");
  EXPECT_EQ(head_of("OPTIONS * HTTP/1.1\r\n\r\n").target, "*");
  for (const std::string_view text : {"HEAD / HTTP/1.1\r\n\r\n", "OPTIONS * HTTP/1.0\n\n"}) {
    for (size_t size = 0; size < text.size(); ++size)
      EXPECT_EQ(parse(text.substr(0, size)).status, Status::incomplete) << text.substr(0, size);
  }
}

struct UrlCase {
  std::string_view url;
  std::string_view authority;
  std::string_view target;
};

TEST(ParseHead, TakesAUrlApart) {
  for (const UrlCase& row : std::initializer_list<UrlCase>{
           {"http://tracker.example/announce?a=b", "tracker.example", "/announce?a=b"},
           {"HTTPS://tracker.example:443/a", "tracker.example:443", "/a"},
           {"hTTp://[2001:db8::1]:6969/scrape?x=http://y/", "[2001:db8::1]:6969",
            "/scrape?x=http://y/"},
           {"http://tracker.example", "tracker.example", ""},
           {"http://tracker.example?a=b", "tracker.example", "?a=b"},
           {"http://tracker.example/announce ?a=b", "tracker.example", "/announce ?a=b"},
           {"/http://tracker.example/", "", "/http://tracker.example/"}}) {
    const std::string text = "GET " + std::string(row.url) + " HTTP/1.1\r\n\r\n";
    const RequestHead head = head_of(text);
    EXPECT_EQ(head.authority, row.authority) << row.url;
    EXPECT_EQ(head.target, row.target) << row.url;
    EXPECT_EQ(head.version, HttpVersion::v1_1);
  }
}

std::string explained(std::string_view text) {
  const HeadResult result = parse(text);
  EXPECT_EQ(result.status, Status::bad) << text;
  return explain(result);
}

TEST(ParseHead, ExplainsWhatIsBad) {
  EXPECT_EQ(explained("POST / HTTP/1.1\r\n\r\n"),
            "method POST is not allowed; use GET, HEAD or OPTIONS");
  EXPECT_EQ(explained("get / HTTP/1.1\r\n\r\n"),
            "method get is not allowed; use GET, HEAD or OPTIONS");
  for (const std::string_view text : {"P", "\x16\x03\x01", "<script> /", "POST", " GET /",
                                      "ABCDEFGHIJKLMNOPQRSTUVWXYZ / HTTP/1.1"})
    EXPECT_EQ(explained(text), "a request must begin with GET, HEAD or OPTIONS") << text;
  EXPECT_NE(explained("GET tracker HTTP/1.1\r\n\r\n").find("path"), std::string::npos);
  EXPECT_NE(explained("GET /" + std::string(kMaxHead, 'x')).find("8192"), std::string::npos);
  EXPECT_NE(explained("GET / HTTP/1.1\r\nContent-Length: 1\r\n\r\n").find("body"),
            std::string::npos);
  EXPECT_EQ(parse("HEAD x HTTP/1.1\r\n\r\n").head.method, Method::head)
      << "even its refusal must have no body";
}

TEST(ParseHead, ServesHeadsOfExactlyTheLimit) {
  const std::string_view end = " HTTP/1.1\r\n\r\n";
  const std::string start = "GET /?" + std::string(kMaxHead - 6 - end.size(), 'x');
  const std::string longest = start + std::string(end);
  ASSERT_EQ(longest.size(), kMaxHead);
  EXPECT_EQ(head_of(longest).size, kMaxHead);
  EXPECT_EQ(head_of(longest + "GET / HTTP/1.1\r\n\r\n").size, kMaxHead);
  expect_bad(start + "x" + std::string(end), BadHead::too_long);
  EXPECT_EQ(parse(longest.substr(0, kMaxHead - 1)).status, Status::incomplete);
  expect_bad("GET " + std::string(kMaxHead, '/'), BadHead::too_long);
}

TEST(ParseHead, RefusesRequestsThatCarryABody) {
  for (const std::string_view field :
       {"Content-Length: 3", "content-length:3", "CONTENT-LENGTH : 3",
        "Content-Length:", "Content-Length: -1", "Content-Length: 00", "Transfer-Encoding: chunked",
        "transfer-encoding: identity", "A: b\r\nContent-Length: 0\r\nContent-Length: 9"})
    expect_bad("GET / HTTP/1.1\r\n" + std::string(field) + "\r\n\r\nabc", BadHead::has_body);
  EXPECT_EQ(head_of("GET / HTTP/1.1\r\nContent-Length: 0\r\n\r\n").target, "/");
}

struct PersistenceCase {
  std::string_view version;
  std::string_view fields;
  Persistence expected;
};

TEST(ParseHead, ReadsWhetherToKeepTheConnection) {
  constexpr auto kClose = Persistence::close;
  constexpr auto kKeep = Persistence::keep;
  constexpr auto kSay = Persistence::keep_and_say;
  for (const PersistenceCase& c : std::initializer_list<PersistenceCase>{
           {"HTTP/1.1", "", kKeep},
           {"HTTP/1.1", "Connection: keep-alive\r\n", kKeep},
           {"HTTP/1.1", "Connection: close\r\n", kClose},
           {"HTTP/1.1", "connection:CLOSE\r\n", kClose},
           {"HTTP/1.1", "Connection: TE, Close\r\n", kClose},
           {"HTTP/1.1", "Connection: closed\r\n", kKeep},
           {"HTTP/1.1", "Connection: close\r\nConnection: keep-alive\r\n", kClose},
           {"HTTP/1.1", "X-Connection: close\r\n", kKeep},
           {"HTTP/1.1", "X: y\r\n Connection: close\r\n", kKeep},
           {"HTTP/1.0", "", kClose},
           {"HTTP/1.0", "Connection: Keep-Alive\r\n", kSay},
           {"HTTP/1.0", "Connection: keep-alive, TE\r\n", kSay},
           {"HTTP/1.0", "Connection: keep-alive, close\r\n", kClose},
           {"HTTP/0.9", "Connection: keep-alive\r\n", kClose}}) {
    const auto text = "GET / " + std::string(c.version) + "\r\n" + std::string(c.fields) + "\r\n";
    EXPECT_EQ(head_of(text).persistence, c.expected) << text;
  }
}

TEST(ParseHead, NotesThatKeepAliveIsAskedForByName) {
  const auto names = [](std::string_view fields) {
    return head_of("GET / HTTP/1.1\r\n" + std::string(fields) + "\r\n").names_keep_alive;
  };
  EXPECT_TRUE(names("Connection: keep-alive\r\n"));
  EXPECT_TRUE(names("connection: TE, Keep-Alive\r\n"));
  for (const std::string_view fields :
       {"", "Connection: close\r\n", "Connection: TE\r\n", "Keep-Alive: timeout=5\r\n"})
    EXPECT_FALSE(names(fields)) << fields;
}

bool by_address(const std::string& fields, std::string_view start = "GET / HTTP/1.1") {
  return is_asked_by_address(head_of(std::string(start) + "\r\n" + fields + "\r\n"));
}

TEST(IsAskedByAddress, ReadsTheHost) {
  for (const std::string host : {"127.0.0.1", "127.0.0.1:6969", "192.0.2.1.", "127.0.0.1.:80",
                                 "[::1]", "[::1]:6969", "[2001:db8::1]:", "localhost",
                                 "LocalHost:6969", "localhost.", "localhost.:6969", "localhost:"})
    EXPECT_TRUE(by_address("Host: " + host + "\r\n")) << host;
  for (const std::string host : {"",
                                 ".",
                                 "evil.example",
                                 "evil.example:6969",
                                 "localhost.evil.example",
                                 "127.0.0.1.a",
                                 "127.0.0.1..",
                                 "localhost..",
                                 "evil.localhost",
                                 "127.1",
                                 "2130706433",
                                 "0x7f000001",
                                 "[::1",
                                 "[::1]x",
                                 "[evil.example]",
                                 "[127.0.0.1]",
                                 "[]",
                                 "::1",
                                 "127.0.0.1:x",
                                 "127.0.0.1:80:1",
                                 "localhost evil.example",
                                 "evil.example@127.0.0.1",
                                 "127.0.0.1@evil.example",
                                 "127.0.0.1, evil.example",
                                 "127.0.0.1/evil.example"})
    EXPECT_FALSE(by_address("Host: " + host + "\r\n")) << host;
}

TEST(IsAskedByAddress, WantsOneHostUnlessTheRequestIsOld) {
  EXPECT_FALSE(by_address(""));
  EXPECT_TRUE(by_address("", "GET / HTTP/1.0"));
  EXPECT_TRUE(by_address("", "GET /"));
  EXPECT_FALSE(by_address("host: evil.example\r\n", "GET / HTTP/1.0"));
  EXPECT_FALSE(by_address("Host: 127.0.0.1\r\nHOST: evil.example\r\n"));
  EXPECT_FALSE(by_address("Host: 127.0.0.1\r\nHost: 127.0.0.1\r\n"));
}

TEST(IsAskedByAddress, PrefersTheUrlToTheHost) {
  EXPECT_TRUE(by_address("Host: evil.example\r\n", "GET http://127.0.0.1:6969/ HTTP/1.1"));
  EXPECT_TRUE(by_address("", "GET https://localhost/ HTTP/1.1"));
  EXPECT_FALSE(by_address("Host: 127.0.0.1\r\n", "GET http://evil.example/ HTTP/1.1"));
  EXPECT_FALSE(by_address("Host: 127.0.0.1\r\n", "GET http://a@127.0.0.1/ HTTP/1.1"));
}

TEST(HeaderReader, WalksTheFieldsInOrder) {
  HeaderReader reader("A: 1\r\nB:2\nC :\t 3 \t\r\n folded: x\r\nno colon\r\n: y\r\n\r\nD: a:b");
  std::vector<std::string> seen;
  for (HeaderField field; reader.next(field);)
    seen.push_back(std::string(field.name) + "=" + std::string(field.value));
  EXPECT_EQ(seen, (std::vector<std::string>{"A=1", "B=2", "C=3", "D=a:b"}));
}

TEST(FindField, IgnoresCaseAndTakesTheFirst) {
  const RequestHead head =
      head_of("GET / HTTP/1.1\r\nX-Forwarded-For: 192.0.2.1\r\nx-forwarded-for: 192.0.2.2\r\n\r\n");
  EXPECT_EQ(find_field(head, "X-FORWARDED-FOR"), "192.0.2.1");
  EXPECT_EQ(find_field(head, "X-Forwarded"), std::nullopt);
  EXPECT_EQ(find_field(head, "Via"), std::nullopt);
}

TEST(AcceptsGzip, ReadsTheListAndItsWeights) {
  const auto accepts = [](std::string_view value) {
    const auto text = "GET / HTTP/1.1\r\nAccept-Encoding: " + std::string(value) + "\r\n\r\n";
    return accepts_gzip(head_of(text));
  };
  for (const std::string_view value :
       {"gzip", "GZIP", "deflate, gzip", "gzip;q=1.0, identity", "gzip; q=0.5", "br,gzip ; q=0.001",
        "gzip;q=1", "gzip;Q=0.1", "br\r\naccept-encoding: gzip"})
    EXPECT_TRUE(accepts(value)) << value;
  for (const std::string_view value :
       {"", "identity", "gzipped", "x, y", "gzip;q=0", "gzip; q=0.0", "deflate, gzip;q=0.000",
        "deflate;x=gzip", "gzip;Q=0", "br\r\nAccept-Encoding: gzip;q=0"})
    EXPECT_FALSE(accepts(value)) << value;
  EXPECT_FALSE(accepts_gzip(head_of("GET / HTTP/1.1\r\n\r\n")));
}

TEST(ParseHead, NeverReadsPastTheInput) {
  GuardedBytes guard(kMaxHead);
  for (const std::string_view text :
       {kRequest, std::string_view("\r\nGET /a ?b HTTP/1.0\nConnection : close, a\n x\n:\n\n")}) {
    for (size_t size = 0; size <= text.size(); ++size) {
      const HeadResult result = parse_head(guard.place(as_bytes(text.substr(0, size))));
      EXPECT_EQ(result.status, size < text.size() ? Status::incomplete : Status::complete);
      if (result.status == Status::complete) static_cast<void>(accepts_gzip(result.head));
    }
  }
}

TEST(ParseHead, ReadsAHeadThatComesByteByByteInLinearTime) {
  std::string lines = "GET / HTTP/1.1\r\n";
  while (lines.size() < kMaxHead - 8) lines += "a:b\r\n";
  const double start = thread_seconds();
  for (int round = 0; round < 20; ++round) {
    size_t scanned = 0;
    for (size_t size = 0; size < lines.size(); ++size)
      scanned = parse(std::string_view(lines).substr(0, size), scanned).scanned;
    EXPECT_GE(scanned + 3, lines.size());
  }
  // Scanning from the start each time would read 20 x 8192 x 4 KiB and take seconds.
  EXPECT_LT(thread_seconds() - start, 0.5);
}

}  // namespace
}  // namespace ot
