#include "protocol/forwarded.h"

#include <gtest/gtest.h>

#include <string>

#include "protocol/http_message.h"
#include "unit/support/guarded_bytes.h"

namespace ot {
namespace {

IpAddress address(std::string_view text) { return IpAddress::parse(text).value(); }

// 10.0.0.0/8 and ::1 are proxies.
bool is_proxy(const IpAddress& candidate) {
  return Network::parse("10.0.0.0/8")->contains(candidate) || candidate == address("::1");
}

// The client's address as text, or why it is missing.
std::string client_in(const std::string& fields,
                      ForwardedHeader header = ForwardedHeader::x_forwarded_for) {
  const auto client = forwarded_client(fields, header, is_proxy);
  return client ? client->to_string() : std::string(describe(client.error()));
}
std::string client_of(std::string_view value) {
  return client_in("Host: x\r\nX-Forwarded-For: " + std::string(value) + "\r\nVia: y\r\n\r\n");
}

const std::string kAbsent(describe(NoClient::absent));
const std::string kUnreadable(describe(NoClient::unreadable));

TEST(ForwardedClient, IsTheRightmostAddressThatIsNotAProxy) {
  EXPECT_EQ(client_of("192.0.2.1"), "192.0.2.1");
  EXPECT_EQ(client_of("192.0.2.1, 10.0.0.1"), "192.0.2.1");
  EXPECT_EQ(client_of("192.0.2.1,10.0.0.1 ,\t10.0.0.2,::1"), "192.0.2.1");
  EXPECT_EQ(client_of("198.51.100.9, 192.0.2.1"), "192.0.2.1") << "a claim of the client's";
  EXPECT_EQ(client_of("198.51.100.9, 192.0.2.1, 10.0.0.1"), "192.0.2.1");
  EXPECT_EQ(client_of("127.0.0.1, 10.9.9.9, 192.0.2.1"), "192.0.2.1");
}

TEST(ForwardedClient, ReadsAddressesInEveryForm) {
  EXPECT_EQ(client_of("2001:db8::1"), "2001:db8::1");
  EXPECT_EQ(client_of("[2001:db8::1]"), "2001:db8::1");
  EXPECT_EQ(client_of("[2001:db8::1]:4711"), "2001:db8::1");
  EXPECT_EQ(client_of("192.0.2.1:4711"), "192.0.2.1");
  EXPECT_EQ(client_of("\"192.0.2.1\""), "192.0.2.1");
  EXPECT_EQ(client_of("\"[2001:db8::1]:4711\""), "2001:db8::1");
  EXPECT_EQ(client_of("::ffff:192.0.2.1"), "192.0.2.1");
  EXPECT_EQ(client_of("192.0.2.1, ::ffff:10.0.0.1"), "192.0.2.1") << "a proxy in its mapped form";
}

TEST(ForwardedClient, StopsAtTheFirstEntryThatIsNotAnAddress) {
  for (const std::string_view junk :
       {"unknown", "_hidden", "localhost", "\"", "\"\"", "\"192.0.2.1", "192.0.2.1\"",
        "192.0.2.256", "192.0.2.1:", "192.0.2.1:x", "192.0.2.1:99999", "[192.0.2.1]",
        "[2001:db8::1", "fe80::1%eth0", "for=192.0.2.1", "192.0.2.1 10.0.0.1", "192.0.2.1;10.0.0.1",
        "\x80"}) {
    EXPECT_EQ(client_of(junk), kUnreadable) << junk;
    EXPECT_EQ(client_of("192.0.2.7, " + std::string(junk) + ", 10.0.0.1"), kUnreadable) << junk;
    EXPECT_EQ(client_of(std::string(junk) + ", 192.0.2.7, 10.0.0.1"), "192.0.2.7") << junk;
  }
}

TEST(ForwardedClient, SkipsEmptyEntries) {
  EXPECT_EQ(client_of("192.0.2.1, ,, 10.0.0.1,"), "192.0.2.1");
  EXPECT_EQ(client_of(",192.0.2.1"), "192.0.2.1");
  EXPECT_EQ(client_of(""), kAbsent);
  EXPECT_EQ(client_of(" , ,"), kAbsent);
}

TEST(ForwardedClient, IsTheLeftmostIfAllAreProxies) {
  EXPECT_EQ(client_of("10.0.0.1"), "10.0.0.1");
  EXPECT_EQ(client_of("10.0.0.3, 10.0.0.1, ::1,"), "10.0.0.3");
  EXPECT_EQ(client_of("unknown, 10.0.0.1"), kUnreadable) << "not all are";
  EXPECT_EQ(client_in("X-Forwarded-For: ::1\r\nA: b\r\nX-Forwarded-For: 10.0.0.1\r\n"), "::1");
}

TEST(ForwardedClient, IsMissingWithoutTheHeader) {
  EXPECT_EQ(client_in(""), kAbsent);
  EXPECT_EQ(client_in("\r\n"), kAbsent);
  EXPECT_EQ(client_in("Host: x\r\nX-Real-IP: 192.0.2.1\r\n\r\n"), kAbsent);
  EXPECT_EQ(client_in("X-Forwarded-For-Real: 192.0.2.1\r\n\r\n"), kAbsent);
}

TEST(ForwardedClient, TakesSeveralLinesAsOneList) {
  EXPECT_EQ(client_in("X-Forwarded-For: 198.51.100.9\r\nx-forwarded-for: 192.0.2.1, 10.0.0.1\n"),
            "192.0.2.1");
  EXPECT_EQ(client_in("X-Forwarded-For: 192.0.2.1\nA: b\nX-FORWARDED-FOR: 10.0.0.1\r\n\r\n"),
            "192.0.2.1");
  EXPECT_EQ(client_in("X-Forwarded-For: 192.0.2.1\r\nX-Forwarded-For:\r\n\r\n"), "192.0.2.1");
  EXPECT_EQ(client_in("X-Forwarded-For: x\r\nX-Forwarded-For: 10.0.0.1\r\n\r\n"), kUnreadable);
}

TEST(ForwardedClient, DoesNotTrustAFoldedLine) {
  EXPECT_EQ(client_in("X-Forwarded-For: 198.51.100.9,\r\n x, 192.0.2.1\r\n\r\n"), kUnreadable);
  EXPECT_EQ(client_in("X-Forwarded-For: 198.51.100.9,\n\t192.0.2.1\nA: b\n\n"), kUnreadable);
  EXPECT_EQ(client_in("X-Forwarded-For: 192.0.2.1\r\nA: b\r\n folded\r\n\r\n"), "192.0.2.1");
  EXPECT_EQ(client_in("X-Real-IP: 198.51.100.9\r\n x\r\n", ForwardedHeader::x_real_ip),
            kUnreadable);
}

TEST(ForwardedClient, ReadsHeadersThatHoldOneAddress) {
  constexpr auto kReal = ForwardedHeader::x_real_ip;
  constexpr auto kCloud = ForwardedHeader::cf_connecting_ip;
  const std::string fields =
      "X-Forwarded-For: 198.51.100.9\r\nX-Real-IP: 192.0.2.1\r\ncf-connecting-ip: 2001:db8::1\r\n";
  EXPECT_EQ(client_in(fields, kReal), "192.0.2.1");
  EXPECT_EQ(client_in(fields, kCloud), "2001:db8::1");
  EXPECT_EQ(client_in("X-Real-IP: 198.51.100.9, 192.0.2.1\r\n", kReal), kUnreadable);
  EXPECT_EQ(client_in("X-Real-IP: 198.51.100.9\r\nX-Real-IP: 192.0.2.1\r\n", kReal), kUnreadable);
  EXPECT_EQ(client_in("X-Real-IP: 198.51.100.9\r\nX-Real-IP:\r\n", kReal), kUnreadable);
  EXPECT_EQ(client_in("X-Real-IP: 10.0.0.1\r\n", kReal), "10.0.0.1") << "whatever network";
  EXPECT_EQ(client_in("X-Real-IP: unknown\r\n", kReal), kUnreadable);
  EXPECT_EQ(client_in("true-client-ip: \"192.0.2.1\"\r\n", ForwardedHeader::true_client_ip),
            "192.0.2.1");
  EXPECT_EQ(client_in("X-Real-IP:\r\n", kReal), kAbsent);
  EXPECT_EQ(client_in("X-Forwarded-For: 192.0.2.1\r\n", kReal), kAbsent);
}

// What RFC 7239 calls Forwarded.
std::string for_client(std::string_view value) {
  return client_in("Host: x\r\nForwarded: " + std::string(value) + "\r\nVia: y\r\n\r\n",
                   ForwardedHeader::forwarded);
}

TEST(Forwarded, NamesTheClientInForOfItsElement) {
  EXPECT_EQ(for_client("for=192.0.2.1"), "192.0.2.1");
  EXPECT_EQ(for_client("For=\"192.0.2.1:4711\""), "192.0.2.1");
  EXPECT_EQ(for_client("for=\"[2001:db8::1]\""), "2001:db8::1");
  EXPECT_EQ(for_client("for=\"[2001:db8::1]:4711\""), "2001:db8::1");
  EXPECT_EQ(for_client("for=[2001:db8::1]:4711"), "2001:db8::1") << "quotes forgotten";
  EXPECT_EQ(for_client("proto=https;by=10.0.0.1;FOR=192.0.2.1;host=\"a;for=b,c\""), "192.0.2.1");
  EXPECT_EQ(for_client("by=10.0.0.1; for = 192.0.2.1 ;"), "192.0.2.1");
  EXPECT_EQ(for_client("for=\"[2001:db8::1]:_hidden\""), "2001:db8::1") << "a hidden port";
  EXPECT_EQ(for_client("for=\"192.0.2.1:_a.b-c_\""), "192.0.2.1");
  EXPECT_EQ(for_client("for=\"192\\.0.2.1\""), "192.0.2.1") << "an escape";
}

TEST(Forwarded, IsReadFromTheRight) {
  EXPECT_EQ(for_client("for=198.51.100.9, for=192.0.2.1"), "192.0.2.1");
  EXPECT_EQ(for_client("for=192.0.2.1;by=x,for=10.0.0.1, for=\"[::1]\""), "192.0.2.1");
  EXPECT_EQ(for_client("for=10.0.0.3, for=10.0.0.1"), "10.0.0.3") << "all are proxies";
  EXPECT_EQ(for_client(",for=192.0.2.1,, for=10.0.0.1,"), "192.0.2.1");
  EXPECT_EQ(client_in("Forwarded: for=198.51.100.9\r\nforwarded: for=192.0.2.1\r\n"
                      "A: b\r\nFORWARDED: for=10.0.0.1\r\n",
                      ForwardedHeader::forwarded),
            "192.0.2.1");
  EXPECT_EQ(client_in("X-Forwarded-For: 192.0.2.1\r\n", ForwardedHeader::forwarded), kAbsent);
  EXPECT_EQ(client_in("Forwarded: for=1.2.3.4,\r\n for=5.6.7.8\r\n", ForwardedHeader::forwarded),
            kUnreadable);
}

TEST(Forwarded, StopsAtAnElementWithoutAnAddress) {
  for (const std::string junk :
       {"for=unknown", "for=_hidden", "for=\"_hidden:_port\"", "for=", "for", "for=\"\"", "for=\"",
        "for=\"192.0.2.1", "for=192.0.2.1\"", "for=\"192.0.2.1\\\"", "for=\"19\"2.0.2.1\"",
        "by=192.0.2.1", "192.0.2.1", "for=192.0.2.1;for=192.0.2.2", "for=192.0.2.1:_",
        "for=192.0.2.1:_a!", "for=\"[192.0.2.1]\"", "for=\"192.0.2.1:99999\"",
        "for=fe80::1%eth0"}) {
    EXPECT_EQ(for_client(junk), kUnreadable) << junk;
    EXPECT_EQ(for_client("for=192.0.2.7, " + junk + ", for=10.0.0.1"), kUnreadable) << junk;
  }
}

// The client may send any header; the proxy appends to it.
TEST(Forwarded, IsNotConfusedByWhatTheClientHasWritten) {
  for (const std::string claim : {"for=198.51.100.9", "for=\"198.51.100.9", "\"", "\\", "for=\"\\",
                                  "for=\"a\\\"", ";;\"=\\,\"", "for=\"a, for=\"", "unknown"}) {
    EXPECT_EQ(for_client(claim + ", for=192.0.2.1"), "192.0.2.1") << claim;
    EXPECT_EQ(for_client(claim + ",for=\"[2001:db8::1]:4711\";by=\"x,y\""), "2001:db8::1") << claim;
    EXPECT_EQ(for_client(claim + ", for=192.0.2.1, for=\"10.0.0.1\""), "192.0.2.1") << claim;
  }
}

TEST(ForwardedClient, NeverReadsPastTheFields) {
  const std::string fields =
      "A: b\r\nX-Forwarded-For: \"[2001:db8::1]:1\", 10.0.0.1:2\r\n x\r\n"
      "Forwarded: for=\"\\[::1]:_a\";by=\"\\\"\", for=\"10.0.0.1\\\"\r\nTrue-Client-IP: "
      "\"1.2.3.4\"\r\n";
  GuardedBytes guard(fields.size());
  for (size_t size = 0; size <= fields.size(); ++size) {
    const std::string_view part = guard.place(std::string_view(fields).substr(0, size));
    for (const auto header : {ForwardedHeader::x_forwarded_for, ForwardedHeader::forwarded,
                              ForwardedHeader::true_client_ip})
      static_cast<void>(forwarded_client(part, header, is_proxy));
    static_cast<void>(has_proxy_trace(part));
  }
}

TEST(ForwardedHeader, HasANameInAnyCase) {
  EXPECT_EQ(parse_forwarded_header("x-forwarded-for"), ForwardedHeader::x_forwarded_for);
  EXPECT_EQ(parse_forwarded_header("X-Real-IP"), ForwardedHeader::x_real_ip);
  EXPECT_EQ(parse_forwarded_header("CF-Connecting-Ip"), ForwardedHeader::cf_connecting_ip);
  EXPECT_EQ(parse_forwarded_header("forwarded"), ForwardedHeader::forwarded);
  EXPECT_EQ(parse_forwarded_header("TRUE-CLIENT-IP"), ForwardedHeader::true_client_ip);
  EXPECT_EQ(parse_forwarded_header("Via"), std::nullopt);
  EXPECT_EQ(name_of(ForwardedHeader::cf_connecting_ip), "CF-Connecting-IP");
}

TEST(HasProxyTrace, KnowsTheHeadersThatProxiesAdd) {
  for (const char* name :
       {"X-Forwarded-For", "forwarded", "X-REAL-IP", "CF-Connecting-IP", "True-Client-IP", "Via"})
    EXPECT_TRUE(has_proxy_trace("Host: x\r\n" + std::string(name) + ": y\r\n\r\n")) << name;
  EXPECT_FALSE(has_proxy_trace("Host: x\r\nX-Forwarded-Proto: http\r\nA: Via: b\r\n\r\n"));
  EXPECT_FALSE(has_proxy_trace(""));
}

TEST(ReverseHeaderReader, GivesTheFieldsInReverse) {
  const std::string fields =
      "A: 1\r\n folded\r\n\tmore\r\nB:2\nno colon\r\n tail\n: y\r\nC : 3\r\n\r\nD: 4";
  ReverseHeaderReader reader(fields);
  std::string seen;
  for (HeaderField field; reader.next(field);)
    seen += std::string(field.name) + std::string(field.value) + (reader.is_folded() ? "f " : " ");
  EXPECT_EQ(seen, "D4 C3 B2 A1f ");
}

}  // namespace
}  // namespace ot
