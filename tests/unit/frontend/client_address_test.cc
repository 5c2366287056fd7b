#include "frontend/client_address.h"

#include <gtest/gtest.h>

#include <array>
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
    const ClientAddress client = judge(evidence);
    const std::string connection = client.connection.to_string();
    RefusalText text;
    if (client.refusal) return connection + ": " + std::string(describe(client, text));
    return connection + " " + client.announced.to_string();
  }
  ClientAddress judge(const AddressEvidence& evidence) {
    return decide_client_address(rules_, evidence, [this] {
      ++asked_;
      std::optional<ClaimedAddress> claim;
      if (claimed_) claim = ClaimedAddress{*claimed_, "The parameter ip"};
      return claim;
    });
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
    RefusalText text;
    const ClientAddress client{address(connection), address(connection), refusal};
    return std::string(connection) + ": " + std::string(describe(client, text));
  }
  // Refused because `named_by` names a martian.
  static std::string martian(std::string_view connection, std::string_view named_by,
                             std::string_view named) {
    return std::string(connection) + ": " + std::string(named_by) + " names the address " +
           std::string(named) +
           ", which no peer can have (link-local, multicast, loopback or reserved).";
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
  for (const std::string_view fields : {"\r\n", "X-Forwarded-For: unknown\r\n",
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

// Link-local, multicast, unspecified, reserved, broadcast.
constexpr std::array<std::string_view, 8> kMartians{"240.1.2.3", "169.254.1.1", "fe80::1",
                                                    "224.0.0.1", "0.0.0.0",     "255.255.255.255",
                                                    "::",        "ff02::1"};

TEST_F(ClientAddressTest, RefusesAMartianThatAParameterNames) {
  for (const std::string_view claim : kMartians) {
    claimed_ = address(claim);
    EXPECT_EQ(decide(request("192.0.2.200")), martian("192.0.2.200", "The parameter ip", claim));
  }
}

// The header line with which a proxy names the address.
std::string line(ForwardedHeader header, std::string_view named) {
  const std::string text(named);
  std::string value = text;
  if (header == ForwardedHeader::forwarded)
    value = address(named).is_v4() ? "for=" + text : "for=\"[" + text + "]\"";
  return std::string(name_of(header)) + ": " + value + "\r\n";
}

constexpr std::array kHeaders{ForwardedHeader::x_forwarded_for, ForwardedHeader::forwarded,
                              ForwardedHeader::x_real_ip, ForwardedHeader::cf_connecting_ip,
                              ForwardedHeader::true_client_ip};

TEST_F(ClientAddressTest, RefusesAMartianThatAHeaderNames) {
  for (const ForwardedHeader header : kHeaders) {
    rules_.proxy_header = header;
    for (const std::string_view named : kMartians)
      EXPECT_EQ(decide(request("10.0.0.1", line(header, named))),
                martian(named, name_of(header), named));
  }
}

TEST_F(ClientAddressTest, RefusesAMartianThatAPROXYHeaderNames) {
  for (const std::string_view named : kMartians)
    EXPECT_EQ(decide(proxied("10.0.0.1", named)), martian(named, "The PROXY header", named));
}

TEST_F(ClientAddressTest, MayBeMartianIfItIsTheSocketsOwn) {
  for (const std::string_view own : {"169.254.1.1", "fe80::1", "240.1.2.3"})
    EXPECT_EQ(decide(request(own)), std::string(own) + " " + std::string(own));
  rules_.ip_from_query = networks({"0.0.0.0/0"});
  claimed_ = address("198.51.100.77");
  EXPECT_EQ(decide(request("169.254.1.1")), "169.254.1.1 198.51.100.77") << "it may name another";
  claimed_ = address("169.254.1.1");
  EXPECT_EQ(decide(request("169.254.1.1")),
            martian("169.254.1.1", "The parameter ip", "169.254.1.1"));
}

TEST_F(ClientAddressTest, IsLoopbackOnlyFromLoopback) {
  EXPECT_EQ(decide({address("127.0.0.2"), {}, {}}), "127.0.0.2 127.0.0.2");
  EXPECT_EQ(decide(request("127.0.0.1", "X-Forwarded-For: 127.0.0.5\r\n")), "127.0.0.5 127.0.0.5");
  EXPECT_EQ(decide(request("10.0.0.1", "X-Forwarded-For: 127.0.0.5\r\n")),
            martian("127.0.0.5", "X-Forwarded-For", "127.0.0.5"));
  EXPECT_EQ(decide(proxied("10.0.0.1", "127.0.0.5")),
            martian("127.0.0.5", "The PROXY header", "127.0.0.5"));
  for (const std::string_view claim : {"127.0.0.1", "::1"}) {
    claimed_ = address(claim);
    EXPECT_EQ(decide(request("127.0.0.1", "X-Forwarded-For: 192.0.2.200\r\n")),
              martian("192.0.2.200", "The parameter ip", claim))
        << "the client is not here, though its proxy is";
  }
}

// A network that is trusted as a whole, because its proxies change.
TEST_F(ClientAddressTest, IsTheNamedOneInWhateverNetworkItIs) {
  rules_.proxy = networks({"0.0.0.0/0", "::/0"});
  for (const ForwardedHeader header : kHeaders) {
    rules_.proxy_header = header;
    for (const std::string client : {"203.0.113.9", "2001:db8::9"}) {
      for (const std::string_view proxy : {"10.0.0.1", "fd00::1"})
        EXPECT_EQ(decide(request(proxy, line(header, client))), client + " " + client);
    }
    EXPECT_EQ(decide(request("10.0.0.1")), refused("10.0.0.1", AddressRefusal::no_client));
  }
  rules_.proxy_header = ForwardedHeader::x_forwarded_for;
  EXPECT_EQ(decide(request("10.0.0.1", kForwarded)), "198.51.100.1 198.51.100.1")
      << "the left-most";
  EXPECT_EQ(decide(proxied("10.0.0.1", "203.0.113.9")), "203.0.113.9 203.0.113.9");
  EXPECT_EQ(decide(proxied("10.0.0.1", "203.0.113.9", "X-Forwarded-For: unknown\r\n")),
            refused("203.0.113.9", AddressRefusal::no_client));
}

TEST_F(ClientAddressTest, HasNoRightsIfItMayBeAProxyThatNamesNobody) {
  EXPECT_FALSE(judge(request("10.0.0.1", "X-Forwarded-For: 10.0.0.2\r\n")).has_rights());
  EXPECT_FALSE(judge(proxied("10.0.0.1", "10.0.0.2")).has_rights());
  EXPECT_FALSE(judge(request("10.0.0.1")).has_rights());
  EXPECT_TRUE(judge(request("10.0.0.1", kForwarded)).has_rights());
  EXPECT_TRUE(judge(proxied("10.0.0.1", "192.0.2.1")).has_rights());
  EXPECT_TRUE(judge(request("192.0.2.1")).has_rights());
  EXPECT_TRUE(judge(AddressEvidence{address("10.0.0.1"), {}, {}}).has_rights()) << "a datagram";
}

TEST(RefusalText, HoldsTheLongestRefusal) {
  const IpAddress longest = address("ff02:1111:2222:3333:4444:5555:6666:7777");
  const ClientAddress client{longest, longest, AddressRefusal::martian, "The parameter ipv6"};
  RefusalText text;
  EXPECT_TRUE(describe(client, text).ends_with("or reserved)."));
}

TEST(AddressInQuery, IsTheFirstThatIsAnAddress) {
  const auto found = [](std::string_view query) {
    const auto claim = address_in_query(query);
    return claim ? std::string(claim->named_by) + " " + claim->address.to_string() : "nothing";
  };
  EXPECT_EQ(found("port=1&ip=192.0.2.1&ipv6=2001:db8::1"), "The parameter ip 192.0.2.1");
  EXPECT_EQ(found("ipv6=2001%3Adb8%3A%3a1&ip=192.0.2.1"), "The parameter ipv6 2001:db8::1");
  EXPECT_EQ(found("ip=example.org&ipv4=192.0.2.1"), "The parameter ipv4 192.0.2.1");
  EXPECT_EQ(found("ip=%zz&ipv4=%31.2.3.4"), "The parameter ipv4 1.2.3.4");
  EXPECT_EQ(found("ip=" + std::string(300, '1') + "&ip=1.2.3.4"), "The parameter ip 1.2.3.4");
  for (const std::string_view query : {"", "ip=", "ipv5=1.2.3.4", "xip=1.2.3.4", "ip=1.2.3.4:80"})
    EXPECT_EQ(found(query), "nothing") << query;
}

}  // namespace
}  // namespace ot
