#include "base/ip_address.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

#include "base/random.h"

namespace ot {
namespace {

IpAddress address(std::string_view text) {
  const auto parsed = IpAddress::parse(text);
  EXPECT_TRUE(parsed) << text;
  return parsed.value_or(IpAddress{});
}

TEST(IpAddress, RoundTripsCanonicalText) {
  for (const char* text :
       {"0.0.0.0", "1.2.3.4", "127.0.0.1", "255.255.255.255", "192.0.2.10", "::", "::1",
        "2001:db8::1", "fe80::1:0:0:1", "1:2:3:4:5:6:7:8", "1:2:3:4:5:6:7:0", "0:2:3:4:5:6:7:8",
        "1::", "64:ff9b::c000:221", "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff"}) {
    EXPECT_EQ(address(text).to_string(), text);
  }
}

TEST(IpAddress, RoundTripsRandomBytesThroughText) {
  Random random(1);
  for (int i = 0; i < 20000; ++i) {
    std::array<uint8_t, 16> raw{};
    // Many zero bytes, to cover every way of compressing a run of zeros.
    for (uint8_t& byte : raw) {
      byte = static_cast<uint8_t>(random.below(3) == 0 ? random.next() : 0);
    }
    const IpAddress v6 = IpAddress::v6(raw);
    ASSERT_EQ(IpAddress::parse(v6.to_string()), v6) << v6.to_string();
    const IpAddress v4 = IpAddress::v4(std::span(raw).first<4>());
    ASSERT_EQ(IpAddress::parse(v4.to_string()), v4) << v4.to_string();
  }
}

constexpr const char* kMartians[] = {
    // 0/8, link-local, multicast, reserved, broadcast
    "0.0.0.0", "0.1.2.3", "0.255.255.255", "169.254.0.0", "169.254.1.1", "169.254.255.255",
    "224.0.0.1", "239.255.255.255", "240.0.0.0", "240.1.2.3", "255.255.255.254", "255.255.255.255",
    // unspecified, link-local, multicast
    "::", "fe80::", "fe80::1", "febf:ffff::1", "ff00::", "ff02::1", "ffff::1",
    // mapped: read as IPv4
    "::ffff:224.0.0.1", "::ffff:169.254.1.1", "::ffff:0.0.0.0",
    // IPv4-compatible and IPv4-translated, whatever is inside
    "::127.0.0.1", "::192.0.2.1", "::2", "::ffff:0:192.0.2.1",
    // NAT64 and 6to4 by the address inside
    "64:ff9b::127.0.0.1", "64:ff9b::224.0.0.1", "64:ff9b::169.254.1.1", "64:ff9b::0.0.0.0",
    "2002:7f00:1::", "2002:e000:1::1", "2002:a9fe:101::1", "2002:f000:1::1", "2002::1"};

constexpr const char* kUsable[] = {
    "1.0.0.0", "10.0.0.1", "100.64.0.1", "126.255.255.255", "128.0.0.1", "168.254.1.1",
    "169.253.255.255", "169.255.0.0", "172.16.0.1", "192.168.0.1", "223.255.255.255",
    // documentation and benchmark networks
    "192.0.2.1", "198.51.100.1", "203.0.113.1", "198.18.0.1", "2001:db8::1", "2001:2::1", "2000::1",
    "2001::1", "2003::1", "3fff::1", "fc00::1", "fd00::1", "fe7f::1", "fec0::1",
    "64:ff9b::192.0.2.1", "64:ff9c::127.0.0.1", "2002:c000:201::1", "::ffff:192.0.2.1", "::1:0:0"};

TEST(IpAddress, IsMartianIfNoPeerCanHaveIt) {
  for (const char* text : kMartians) EXPECT_TRUE(address(text).is_martian()) << text;
  for (const char* text : kUsable) EXPECT_FALSE(address(text).is_martian()) << text;
}

TEST(IpAddress, IsMartianIfItIsLoopbackNamedFromElsewhere) {
  for (const char* loopback : {"127.0.0.1", "127.255.0.1", "::1", "::ffff:127.0.0.1"}) {
    EXPECT_FALSE(address(loopback).is_martian()) << loopback;
    for (const char* here : {"127.0.0.1", "127.0.0.9", "::1"})
      EXPECT_FALSE(is_martian(address(loopback), address(here))) << loopback;
    for (const char* elsewhere : {"192.0.2.1", "10.0.0.1", "2001:db8::1", "fe80::1"})
      EXPECT_TRUE(is_martian(address(loopback), address(elsewhere))) << loopback;
  }
  for (const char* text : kMartians) {
    EXPECT_TRUE(is_martian(address(text), address("127.0.0.1"))) << text;
    EXPECT_TRUE(is_martian(address(text), address("192.0.2.1"))) << text;
  }
  for (const char* text : kUsable)
    EXPECT_FALSE(is_martian(address(text), address("192.0.2.1"))) << text;
}

TEST(IpAddress, HasItsBytesInNetworkOrder) {
  EXPECT_TRUE(std::ranges::equal(address("1.2.3.4").bytes(), std::array<uint8_t, 4>{1, 2, 3, 4}));
  const std::array<uint8_t, 16> v6{0x20, 1, 0x0d, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 9};
  EXPECT_TRUE(std::ranges::equal(address("2001:db8::9").bytes(), v6));
  EXPECT_EQ(address("2001:db8::9"), IpAddress::v6(v6));
}

TEST(IpAddress, TurnsAMappedAddressIntoIpv4) {
  for (const char* text :
       {"::ffff:192.0.2.1", "::ffff:c000:201", "::FFFF:C000:0201", "0:0:0:0:0:ffff:192.0.2.1"}) {
    EXPECT_EQ(address(text), address("192.0.2.1")) << text;
  }
  std::array<uint8_t, 16> raw{};
  raw[10] = raw[11] = 0xff;
  raw[15] = 7;
  EXPECT_EQ(IpAddress::v6(raw), address("0.0.0.7"));
  EXPECT_EQ(address("::fffe:1.2.3.4").family(), Family::v6);
  EXPECT_EQ(address("::1.2.3.4").family(), Family::v6);
}

TEST(IpAddress, RefusesIpv4TextThatIsNotCanonical) {
  for (const char* text : {"",           ".",
                           "1",          "1.2",
                           "1.2.3",      "1.2.3.",
                           "1.2.3.4.",   "1.2.3.4.5",
                           ".1.2.3.4",   "1..3.4",
                           "256.1.1.1",  "1.2.3.256",
                           "1.2.3.1000", "1.2.3.4294967297",
                           "01.2.3.4",   "1.2.3.04",
                           "1.2.3.00",   "1.2.3.-4",
                           "+1.2.3.4",   "1.2.3.4 ",
                           " 1.2.3.4",   "1.2.3.4x",
                           "0x1.2.3.4",  "1,2,3,4",
                           "[1.2.3.4]",  "1.2.3.4/8"}) {
    EXPECT_EQ(IpAddress::parse(text), std::nullopt) << text;
  }
}

TEST(IpAddress, RefusesMalformedIpv6Text) {
  for (const char* text : {":",
                           ":::",
                           "1",
                           "1:",
                           ":1",
                           ":1::",
                           "::1:",
                           "1::2::3",
                           "1:2:3:4:5:6:7",
                           "1:2:3:4:5:6:7:8:9",
                           "1:2:3:4:5:6:7:8:",
                           ":1:2:3:4:5:6:7:8",
                           "1::2:3:4:5:6:7:8",
                           "1:2:3:4:5:6:7::8",
                           "12345::",
                           "::00001",
                           "g::",
                           "::1 ",
                           " ::1",
                           "::1%lo",
                           "[::1]",
                           "::1/64",
                           "::1.2.3",
                           "::1.2.3.4.5",
                           "::256.1.1.1",
                           "::1.2.3.04",
                           "1.2.3.4::",
                           "::1.2.3.4:5",
                           "1:2:3:4:5:6:7:1.2.3.4",
                           "0000:0000:0000:0000:0000:0000:0000:00000",
                           "0000:0000:0000:0000:0000:ffff:255.255.255.2555"}) {
    EXPECT_EQ(IpAddress::parse(text), std::nullopt) << text;
  }
}

TEST(IpAddress, RefusesNulBytesAndOverlongText) {
  EXPECT_EQ(IpAddress::parse(std::string_view("1.2.3.4\0", 8)), std::nullopt);
  EXPECT_EQ(IpAddress::parse(std::string_view("::1\0x", 5)), std::nullopt);
  EXPECT_EQ(IpAddress::parse(std::string(5000, ':')), std::nullopt);
  EXPECT_EQ(IpAddress::parse(std::string(5000, '1')), std::nullopt);
  EXPECT_TRUE(IpAddress::parse("0000:0000:0000:0000:0000:0000:255.255.255.255"));
}

TEST(IpAddress, DoesNotReadPastItsView) {
  EXPECT_EQ(IpAddress::parse(std::string_view("1.2.3.45").substr(0, 7)), address("1.2.3.4"));
  EXPECT_EQ(IpAddress::parse(std::string_view("::12").substr(0, 3)), address("::1"));
}

TEST(IpAddress, KnowsLoopbackAndUnspecified) {
  for (const char* text : {"127.0.0.1", "127.255.255.254", "::1", "::ffff:127.0.0.1"}) {
    EXPECT_TRUE(address(text).is_loopback()) << text;
  }
  for (const char* text : {"128.0.0.1", "126.0.0.1", "0.0.0.0", "::", "::2", "1::1", "7f00::1"}) {
    EXPECT_FALSE(address(text).is_loopback()) << text;
  }
  EXPECT_TRUE(address("0.0.0.0").is_unspecified());
  EXPECT_TRUE(address("::").is_unspecified());
  EXPECT_FALSE(address("0.0.0.1").is_unspecified());
  EXPECT_FALSE(address("::1").is_unspecified());
}

TEST(IpAddress, NeverEqualsAnAddressOfTheOtherFamily) {
  EXPECT_NE(address("0.0.0.0"), address("::"));
  EXPECT_LT(address("1.2.3.4"), address("1.2.3.5"));
}

TEST(Endpoint, IsReadInEveryForm) {
  EXPECT_EQ(Endpoint::parse("1.2.3.4", 6969), (Endpoint{address("1.2.3.4"), 6969}));
  EXPECT_EQ(Endpoint::parse("1.2.3.4:80", 6969), (Endpoint{address("1.2.3.4"), 80}));
  EXPECT_EQ(Endpoint::parse("::1", 6969), (Endpoint{address("::1"), 6969}));
  EXPECT_EQ(Endpoint::parse("[::1]", 6969), (Endpoint{address("::1"), 6969}));
  EXPECT_EQ(Endpoint::parse("[::1]:65535", 6969), (Endpoint{address("::1"), 65535}));
  EXPECT_EQ(Endpoint::parse("[::ffff:1.2.3.4]:80", 1), (Endpoint{address("1.2.3.4"), 80}));
}

TEST(Endpoint, IsRefusedIfMalformed) {
  for (const char* text : {"",
                           ":",
                           ":80",
                           "1.2.3.4:",
                           "1.2.3.4:0",
                           "1.2.3.4:65536",
                           "1.2.3.4:99999999999999999999",
                           "1.2.3.4:-1",
                           "1.2.3.4:+1",
                           "1.2.3.4:8x",
                           "1.2.3.4: 80",
                           "1.2.3.4::80",
                           "1.2.3.4:80:80",
                           "[1.2.3.4]:80",
                           "[",
                           "[]",
                           "[]:80",
                           "[::1",
                           "::1]",
                           "[::1]80",
                           "[::1]:",
                           "[::1]:0",
                           "[::1]:65536",
                           "[[::1]]:80",
                           "[::1]:80:",
                           "[::1]]:80",
                           "host:80"}) {
    EXPECT_EQ(Endpoint::parse(text, 6969), std::nullopt) << text;
  }
}

TEST(Endpoint, RoundTripsThroughText) {
  for (const char* text : {"1.2.3.4:1", "[2001:db8::1]:65535"}) {
    const auto endpoint = Endpoint::parse(text, 6969);
    ASSERT_TRUE(endpoint);
    EXPECT_EQ(endpoint->to_string(), text);
  }
}

// Compares the first `bits` bits one by one.
bool same_prefix(const IpAddress& a, const IpAddress& b, unsigned bits) {
  for (unsigned bit = 0; bit < bits; ++bit) {
    const unsigned difference = a.bytes()[bit / 8] ^ b.bytes()[bit / 8];
    if (((difference >> (7U - bit % 8)) & 1U) != 0) return false;
  }
  return true;
}

TEST(Network, ContainsExactlyTheAddressesWithItsPrefix) {
  for (const char* base : {"172.16.5.129", "2001:db8:aaaa:5555:1234:5678:9abc:def1"}) {
    const IpAddress mine = address(base);
    const auto width = static_cast<unsigned>(mine.bytes().size() * 8);
    for (unsigned bits = 0; bits <= width; ++bits) {
      const auto network = Network::parse(std::string(base) + "/" + std::to_string(bits));
      ASSERT_TRUE(network);
      EXPECT_EQ(network->prefix_bits(), bits);
      for (unsigned flipped = 0; flipped < width; ++flipped) {
        std::array<uint8_t, 16> raw{};
        std::ranges::copy(mine.bytes(), raw.begin());
        raw[flipped / 8] = static_cast<uint8_t>(raw[flipped / 8] ^ (0x80U >> (flipped % 8)));
        const IpAddress other =
            mine.is_v4() ? IpAddress::v4(std::span(raw).first<4>()) : IpAddress::v6(raw);
        ASSERT_EQ(network->contains(other), same_prefix(mine, other, bits)) << bits << flipped;
      }
      EXPECT_TRUE(network->contains(mine));
    }
  }
}

TEST(Network, WithoutAPrefixIsOneAddress) {
  const auto network = Network::parse("192.0.2.1");
  ASSERT_TRUE(network);
  EXPECT_EQ(network->to_string(), "192.0.2.1/32");
  EXPECT_TRUE(network->contains(address("192.0.2.1")));
  EXPECT_FALSE(network->contains(address("192.0.2.2")));
  EXPECT_EQ(Network::parse("::1")->to_string(), "::1/128");
}

TEST(Network, NeverContainsTheOtherFamily) {
  EXPECT_FALSE(Network::parse("::/0")->contains(address("1.2.3.4")));
  EXPECT_FALSE(Network::parse("0.0.0.0/0")->contains(address("::1")));
}

TEST(Network, CountsAMappedPrefixInTheIpv6Form) {
  const auto network = Network::parse("::ffff:10.0.0.0/104");
  ASSERT_TRUE(network);
  EXPECT_EQ(network->to_string(), "10.0.0.0/8");
  EXPECT_EQ(Network::parse("::ffff:1.2.3.4")->to_string(), "1.2.3.4/32");
  EXPECT_EQ(Network::parse("::ffff:1.2.3.4/128")->prefix_bits(), 32U);
  EXPECT_EQ(Network::parse("::ffff:1.2.3.4/96")->prefix_bits(), 0U);
  EXPECT_EQ(Network::parse("::ffff:1.2.3.4/95"), std::nullopt);
  EXPECT_EQ(Network::parse("::ffff:1.2.3.4/24"), std::nullopt);
  EXPECT_EQ(Network::parse("::ffff:1.2.3.4/129"), std::nullopt);
}

TEST(Network, IsRefusedIfMalformed) {
  for (const char* text :
       {"", "/", "/8", "10.0.0.0/", "10.0.0.0/33", "10.0.0.0/-1", "10.0.0.0/8 ", "10.0.0.0/8/8",
        "10.0.0.0/0x8", "10/8", "::/129", "::/4294967296", "[::]/64", "10.0.0.0/255.0.0.0"}) {
    EXPECT_EQ(Network::parse(text), std::nullopt) << text;
  }
}

}  // namespace
}  // namespace ot
