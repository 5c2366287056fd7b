#include "access/networks.h"

#include <gtest/gtest.h>

#include <string>

#include "base/random.h"

namespace ot {
namespace {

IpAddress address(std::string_view text) { return IpAddress::parse(text).value(); }

std::vector<Network> networks(std::initializer_list<std::string_view> texts) {
  std::vector<Network> parsed;
  for (const std::string_view text : texts) parsed.push_back(Network::parse(text).value());
  return parsed;
}

TEST(Networks, ContainNothingIfEmpty) {
  const Networks none;
  EXPECT_TRUE(none.empty());
  EXPECT_FALSE(none.contains(address("0.0.0.0")));
  EXPECT_FALSE(none.contains(address("::")));
  EXPECT_FALSE(Networks(std::vector<Network>{}).contains(address("1.2.3.4")));
}

TEST(Networks, ContainTheirAddressesButNotTheNeighbours) {
  const Networks set(networks({"10.0.0.0/8", "192.0.2.7", "2001:db8::/32", "fe80::1"}));
  EXPECT_EQ(set.size(), 4U);
  for (const char* text : {"10.0.0.0", "10.255.255.255", "192.0.2.7", "2001:db8::",
                           "2001:db8:ffff:ffff:ffff:ffff:ffff:ffff", "fe80::1", "::ffff:10.1.2.3"})
    EXPECT_TRUE(set.contains(address(text))) << text;
  for (const char* text : {"9.255.255.255", "11.0.0.0", "192.0.2.6", "192.0.2.8", "2001:db7::",
                           "2001:db9::", "fe80::", "fe80::2", "0.0.0.0", "::", "255.255.255.255"})
    EXPECT_FALSE(set.contains(address(text))) << text;
}

TEST(Networks, WithAnEmptyPrefixContainOneFamily) {
  const Networks v4(networks({"0.0.0.0/0"}));
  EXPECT_TRUE(v4.contains(address("0.0.0.0")));
  EXPECT_TRUE(v4.contains(address("255.255.255.255")));
  EXPECT_FALSE(v4.contains(address("::1")));
  const Networks v6(networks({"::/0"}));
  EXPECT_TRUE(v6.contains(address("ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff")));
  EXPECT_FALSE(v6.contains(address("127.0.0.1")));
}

TEST(Networks, IgnoreBitsAfterThePrefix) {
  EXPECT_TRUE(Networks(networks({"10.1.2.3/8"})).contains(address("10.200.0.1")));
  EXPECT_TRUE(Networks(networks({"2001:db8::1/64"})).contains(address("2001:db8::ffff")));
}

TEST(NetworkMap, AnswersWithTheLongestPrefix) {
  const NetworkMap<std::string> map(
      networks({"10.0.0.0/8", "10.1.0.0/16", "10.1.2.0/24", "0.0.0.0/0", "10.1.2.255"}),
      {"eight", "sixteen", "twenty-four", "all", "one"});
  const auto at = [&](std::string_view text) { return *map.find(address(text)); };
  EXPECT_EQ(at("10.1.2.3"), "twenty-four");
  EXPECT_EQ(at("10.1.2.255"), "one");
  EXPECT_EQ(at("10.1.3.0"), "sixteen");
  EXPECT_EQ(at("10.2.0.0"), "eight");
  EXPECT_EQ(at("11.0.0.0"), "all");
  EXPECT_EQ(map.find(address("::1")), nullptr);
}

TEST(NetworkMap, AnswersTheLastOfEqualNetworks) {
  const NetworkMap<int> map(networks({"10.0.0.0/8", "10.0.0.0/8", "::/0", "::1/0"}), {1, 2, 3, 4});
  EXPECT_EQ(*map.find(address("10.0.0.0")), 2);
  EXPECT_EQ(*map.find(address("::")), 4);
}

TEST(NetworkMap, SeparatesNeighboursAndTheEndsOfTheAddressSpace) {
  const NetworkMap<int> map(
      networks({"0.0.0.0/1", "128.0.0.0/1", "255.255.255.255", "0.0.0.0", "8000::/1",
                "ffff:ffff:ffff:ffff:ffff:ffff:ffff:fffe/127", "0:0:0:0:ffff:ffff:ffff:ffff"}),
      {1, 2, 3, 4, 5, 6, 7});
  const auto at = [&](std::string_view text) {
    const int* value = map.find(address(text));
    return value == nullptr ? 0 : *value;
  };
  EXPECT_EQ(at("127.255.255.255"), 1);
  EXPECT_EQ(at("128.0.0.0"), 2);
  EXPECT_EQ(at("255.255.255.255"), 3);
  EXPECT_EQ(at("0.0.0.0"), 4);
  EXPECT_EQ(at("0.0.0.1"), 1);
  EXPECT_EQ(at("8000::"), 5);
  EXPECT_EQ(at("7fff::"), 0);
  EXPECT_EQ(at("ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff"), 6);
  EXPECT_EQ(at("0:0:0:0:ffff:ffff:ffff:ffff"), 7);
  EXPECT_EQ(at("0:0:0:1::"), 0) << "after a carry into the upper half";
}

std::optional<uint32_t> naive_find(std::span<const Network> all, const IpAddress& address) {
  std::optional<uint32_t> best;
  for (uint32_t i = 0; i < all.size(); ++i) {
    if (all[i].contains(address) && (!best || all[i].prefix_bits() >= all[*best].prefix_bits()))
      best = i;
  }
  return best;
}

// Uses few distinct bytes, so that networks nest, repeat and touch.
IpAddress crowded_address(Random& random) {
  std::array<uint8_t, 16> bytes{};
  constexpr std::array<uint8_t, 4> kBytes{0, 1, 0x80, 0xff};
  for (uint8_t& byte : bytes) byte = kBytes[random.below(4)];
  return random.below(2) == 0 ? IpAddress::v4(std::span(bytes).first<4>()) : IpAddress::v6(bytes);
}

TEST(NetworkIndex, AgreesWithALinearSearch) {
  Random random(7);
  for (int round = 0; round < 200; ++round) {
    std::vector<Network> all;
    const uint32_t count = random.below(60);
    for (uint32_t i = 0; i < count; ++i) {
      const IpAddress at = crowded_address(random);
      const uint32_t bits = random.below(at.is_v4() ? 33 : 129);
      all.push_back(Network::parse(at.to_string() + "/" + std::to_string(bits)).value());
    }
    const NetworkIndex index(all);
    for (int i = 0; i < 300; ++i) {
      const IpAddress one = crowded_address(random);
      ASSERT_EQ(index.find(one), naive_find(all, one)) << one.to_string();
    }
  }
}

TEST(NetworkIndex, HoldsAHundredThousandNetworks) {
  std::vector<Network> all;
  for (uint32_t i = 0; i < 100'000; ++i) {
    const std::array<uint8_t, 4> bytes{static_cast<uint8_t>(i >> 13U),
                                       static_cast<uint8_t>(i >> 5U), static_cast<uint8_t>(i << 3U),
                                       0};
    all.push_back(Network::parse(IpAddress::v4(bytes).to_string() + "/22").value());
  }
  const NetworkIndex index(all);
  EXPECT_EQ(index.find(address("0.0.0.1")), 0U);
  EXPECT_EQ(index.find(address("0.0.8.255")), 1U);
  EXPECT_EQ(index.find(address("0.0.5.0")), std::nullopt);
  EXPECT_EQ(index.find(address("255.0.0.0")), std::nullopt);
}

}  // namespace
}  // namespace ot
