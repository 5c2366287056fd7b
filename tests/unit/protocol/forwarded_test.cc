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
const std::string kOnlyProxies(describe(NoClient::only_proxies));

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

TEST(ForwardedClient, IsMissingIfAllAreProxies) {
  EXPECT_EQ(client_of("10.0.0.1"), kOnlyProxies);
  EXPECT_EQ(client_of("10.0.0.1, ::1,"), kOnlyProxies);
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
  EXPECT_EQ(client_in("X-Real-IP: 10.0.0.1\r\n", kReal), kOnlyProxies);
  EXPECT_EQ(client_in("X-Real-IP:\r\n", kReal), kAbsent);
  EXPECT_EQ(client_in("X-Forwarded-For: 192.0.2.1\r\n", kReal), kAbsent);
}

TEST(ForwardedClient, NeverReadsPastTheFields) {
  const std::string fields = "A: b\r\nX-Forwarded-For: \"[2001:db8::1]:1\", 10.0.0.1:2\r\n x\r\n";
  GuardedBytes guard(fields.size());
  for (size_t size = 0; size <= fields.size(); ++size) {
    const std::string_view part = guard.place(std::string_view(fields).substr(0, size));
    static_cast<void>(forwarded_client(part, ForwardedHeader::x_forwarded_for, is_proxy));
    static_cast<void>(has_proxy_trace(part));
  }
}

TEST(ForwardedHeader, HasANameInAnyCase) {
  EXPECT_EQ(parse_forwarded_header("x-forwarded-for"), ForwardedHeader::x_forwarded_for);
  EXPECT_EQ(parse_forwarded_header("X-Real-IP"), ForwardedHeader::x_real_ip);
  EXPECT_EQ(parse_forwarded_header("CF-Connecting-Ip"), ForwardedHeader::cf_connecting_ip);
  EXPECT_EQ(parse_forwarded_header("Forwarded"), std::nullopt);
  EXPECT_EQ(name_of(ForwardedHeader::cf_connecting_ip), "CF-Connecting-IP");
}

TEST(HasProxyTrace, KnowsTheHeadersThatProxiesAdd) {
  for (const char* name : {"X-Forwarded-For", "forwarded", "X-REAL-IP", "CF-Connecting-IP", "Via"})
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
