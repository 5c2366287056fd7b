#include "frontend/client_address.h"

#include <gtest/gtest.h>

#include <string>

namespace ot {
namespace {

IpAddress address(std::string_view text) { return IpAddress::parse(text).value(); }

Networks networks(std::initializer_list<std::string_view> texts) {
  std::vector<Network> parsed;
  for (const std::string_view text : texts) parsed.push_back(Network::parse(text).value());
  return Networks(parsed);
}

class ClientAddressTest : public ::testing::Test {
 protected:
  // "connection announced" or "connection: refusal".
  std::string decide(const AddressEvidence& evidence) {
    const ClientAddress client = decide_client_address(rules_, evidence, [this] {
      ++asked_;
      return claimed_;
    });
    const std::string connection = client.connection.to_string();
    if (client.refusal) return connection + ": " + std::string(describe(*client.refusal));
    return connection + " " + client.announced.to_string();
  }
  static AddressEvidence request(std::string_view socket, std::string_view fields = "\r\n") {
    return {address(socket), std::nullopt, fields};
  }
  static AddressEvidence proxied(std::string_view socket, std::optional<std::string_view> source,
                                 std::string_view fields = "\r\n") {
    ProxyHeader header;
    if (source) header.source = Endpoint{address(*source), 4711};
    return {address(socket), header, fields};
  }
  static std::string refused(std::string_view connection, AddressRefusal refusal) {
    return std::string(connection) + ": " + std::string(describe(refusal));
  }

  AddressRules rules_{networks({"10.0.0.0/8", "127.0.0.1", "::1"}), networks({"192.0.2.128/25"})};
  std::optional<IpAddress> claimed_;
  int asked_ = 0;
};

constexpr std::string_view kForwarded =
    "Host: t\r\nX-Forwarded-For: 198.51.100.1, 192.0.2.1\r\n\r\n";

TEST_F(ClientAddressTest, IsTheSocketsWithoutProxies) {
  EXPECT_EQ(decide(request("192.0.2.1")), "192.0.2.1 192.0.2.1");
  EXPECT_EQ(decide(request("2001:db8::1")), "2001:db8::1 2001:db8::1");
  EXPECT_EQ(decide({address("192.168.1.9"), {}, {}}), "192.168.1.9 192.168.1.9") << "a LAN";
}

TEST_F(ClientAddressTest, IsNotChangedByHeadersFromElsewhere) {
  EXPECT_EQ(decide(request("203.0.113.5", kForwarded)), "203.0.113.5 203.0.113.5");
  EXPECT_EQ(decide(proxied("203.0.113.5", "192.0.2.1")),
            refused("203.0.113.5", AddressRefusal::untrusted_proxy));
}

TEST_F(ClientAddressTest, IsTheForwardedOneBehindATrustedProxy) {
  EXPECT_EQ(decide(request("10.0.0.1", kForwarded)), "192.0.2.1 192.0.2.1");
  rules_.proxy_header = ForwardedHeader::x_real_ip;
  EXPECT_EQ(decide(request("10.0.0.1", "X-Real-IP: 192.0.2.9\r\n")), "192.0.2.9 192.0.2.9");
  EXPECT_EQ(decide(request("10.0.0.1", kForwarded)),
            refused("10.0.0.1", AddressRefusal::no_client));
}

TEST_F(ClientAddressTest, IsRefusedRatherThanTakenForTheProxys) {
  for (const std::string_view fields :
       {"\r\n", "X-Forwarded-For: unknown\r\n", "X-Forwarded-For: 10.0.0.2\r\n",
        "X-Forwarded-For:\r\n", "Forwarded: for=192.0.2.1\r\n"})
    EXPECT_EQ(decide(request("10.0.0.1", fields)), refused("10.0.0.1", AddressRefusal::no_client));
}

TEST_F(ClientAddressTest, OfADatagramIsItsSource) {
  EXPECT_EQ(decide({address("10.0.0.1"), {}, {}}), "10.0.0.1 10.0.0.1")
      << "no proxy of ours passes on datagrams";
}

TEST_F(ClientAddressTest, IsThatOfTheProxyHeader) {
  EXPECT_EQ(decide(proxied("10.0.0.1", "192.0.2.1")), "192.0.2.1 192.0.2.1");
  EXPECT_EQ(decide(proxied("10.0.0.1", "203.0.113.1", kForwarded)), "203.0.113.1 203.0.113.1")
      << "the client's own header";
  EXPECT_EQ(decide(proxied("10.0.0.1", "10.0.0.2", kForwarded)), "192.0.2.1 192.0.2.1")
      << "a proxy before the proxy";
  EXPECT_EQ(decide(proxied("10.0.0.1", std::nullopt, kForwarded)),
            refused("10.0.0.1", AddressRefusal::proxy_itself));
}

TEST_F(ClientAddressTest, AnnouncesWhatATrustedSourceNames) {
  claimed_ = address("198.51.100.77");
  EXPECT_EQ(decide(request("192.0.2.200")), "192.0.2.200 198.51.100.77");
  EXPECT_EQ(decide({address("192.0.2.200"), {}, {}}), "192.0.2.200 198.51.100.77") << "by UDP too";
  EXPECT_EQ(decide(request("10.0.0.1", "X-Forwarded-For: 192.0.2.200\r\n")),
            "192.0.2.200 198.51.100.77");
  EXPECT_EQ(asked_, 3);
  EXPECT_EQ(decide(request("192.0.2.1")), "192.0.2.1 192.0.2.1") << "not trusted";
  EXPECT_EQ(decide(request("10.0.0.1")), refused("10.0.0.1", AddressRefusal::no_client));
  EXPECT_EQ(asked_, 3);
  claimed_.reset();
  EXPECT_EQ(decide(request("192.0.2.200")), "192.0.2.200 192.0.2.200") << "nothing named";
}

TEST_F(ClientAddressTest, RefusesAddressesNobodyCouldConnectTo) {
  for (const char* claim : {"0.0.0.0", "224.0.0.1", "127.0.0.1", "::1", "255.255.255.255"}) {
    claimed_ = address(claim);
    EXPECT_EQ(decide(request("192.0.2.200")),
              refused("192.0.2.200", AddressRefusal::not_announceable))
        << claim;
  }
  EXPECT_EQ(decide(request("10.0.0.1", "X-Forwarded-For: 224.0.0.1\r\n")),
            refused("224.0.0.1", AddressRefusal::not_announceable));
}

TEST_F(ClientAddressTest, IsLoopbackOnlyFromLoopback) {
  EXPECT_EQ(decide({address("127.0.0.2"), {}, {}}), "127.0.0.2 127.0.0.2");
  EXPECT_EQ(decide(request("127.0.0.1", "X-Forwarded-For: 127.0.0.5\r\n")), "127.0.0.5 127.0.0.5");
  EXPECT_EQ(decide(request("10.0.0.1", "X-Forwarded-For: 127.0.0.5\r\n")),
            refused("127.0.0.5", AddressRefusal::not_announceable));
  claimed_ = address("127.0.0.1");
  EXPECT_EQ(decide(request("127.0.0.1", "X-Forwarded-For: 192.0.2.200\r\n")),
            refused("192.0.2.200", AddressRefusal::not_announceable))
      << "the client is not here, though its proxy is";
}

TEST(IsAnnounceable, RefusesUnreachableAddresses) {
  const IpAddress source = address("192.0.2.1");
  for (const char* text : {"0.0.0.0",
                           "0.1.2.3",
                           "224.0.0.1",
                           "239.255.255.255",
                           "255.255.255.255",
                           "127.0.0.1",
                           "127.255.0.1",
                           "::",
                           "::1",
                           "ff02::1",
                           "ff00::",
                           "ffff::1",
                           "::127.0.0.1",
                           "::192.0.2.1",
                           "::ffff:127.0.0.1",
                           "::ffff:224.0.0.1",
                           "::ffff:0:192.0.2.1",
                           "64:ff9b::127.0.0.1",
                           "64:ff9b::224.0.0.1",
                           "2002:7f00:1::",
                           "2002:e000:1::1",
                           "2002::1"})
    EXPECT_FALSE(is_announceable(address(text), source)) << text;
}

TEST(IsAnnounceable, TakesEverythingElse) {
  const IpAddress source = address("192.0.2.1");
  for (const char* text :
       {"1.0.0.1", "10.0.0.1", "192.168.0.1", "169.254.1.1", "172.16.0.1", "223.255.255.255",
        "240.0.0.1", "255.255.255.254", "128.0.0.1", "2001:db8::1", "fe80::1", "fd00::1",
        "64:ff9b::192.0.2.1", "2002:c000:201::1", "::ffff:192.0.2.1", "::1:0:0"})
    EXPECT_TRUE(is_announceable(address(text), source)) << text;
}

TEST(IsAnnounceable, TakesLoopbackFromLoopback) {
  for (const char* source : {"127.0.0.1", "::1"}) {
    EXPECT_TRUE(is_announceable(address("127.0.0.1"), address(source)));
    EXPECT_TRUE(is_announceable(address("::1"), address(source)));
    EXPECT_FALSE(is_announceable(address("0.0.0.0"), address(source)));
  }
}

TEST(AddressInQuery, IsTheFirstThatIsAnAddress) {
  EXPECT_EQ(address_in_query("port=1&ip=192.0.2.1&ipv6=2001:db8::1"), address("192.0.2.1"));
  EXPECT_EQ(address_in_query("ipv6=2001%3Adb8%3A%3a1&ip=192.0.2.1"), address("2001:db8::1"));
  EXPECT_EQ(address_in_query("ip=example.org&ipv4=192.0.2.1"), address("192.0.2.1"));
  EXPECT_EQ(address_in_query("ip=%zz&ipv4=%31.2.3.4"), address("1.2.3.4"));
  EXPECT_EQ(address_in_query("ip=" + std::string(300, '1') + "&ip=1.2.3.4"), address("1.2.3.4"));
  for (const std::string_view query : {"", "ip=", "ipv5=1.2.3.4", "xip=1.2.3.4", "ip=1.2.3.4:80"})
    EXPECT_EQ(address_in_query(query), std::nullopt) << query;
}

}  // namespace
}  // namespace ot
