#include "traffic/network_tally.h"

#include <gtest/gtest.h>

#include <map>

namespace ot {
namespace {

// Any number would do.
constexpr uint64_t kSecret = 0xb5ad4eceda1ce2a9;

IpAddress address(std::string_view text) { return *IpAddress::parse(text); }

TEST(HeavyHitters, CountExactlyWhileThereIsRoom) {
  HeavyHitters<uint32_t> hitters(kSecret);
  for (uint32_t network = 0; network < 100; ++network) {
    for (uint32_t i = 0; i <= network; ++i) hitters.add(network << 8U);
  }
  const auto ranking = hitters.ranking(3);
  ASSERT_EQ(ranking.size(), 3U);
  EXPECT_EQ(ranking[0], (RankedNetwork{100, 99U << 8U}));
  EXPECT_EQ(ranking[2], (RankedNetwork{98, 97U << 8U}));
}

TEST(HeavyHitters, RankEqualCountsByAddress) {
  HeavyHitters<uint32_t> hitters(kSecret);
  for (const uint32_t network : {9U, 4U, 7U}) hitters.add(network);
  const auto ranking = hitters.ranking(10);
  ASSERT_EQ(ranking.size(), 3U);
  EXPECT_EQ(ranking[0].address, 4U);
  EXPECT_EQ(ranking[2].address, 9U);
}

// A million networks that occur once each, and a few busy ones among them.
TEST(HeavyHitters, NeverMissOrUndercountABusyNetworkInAFlood) {
  constexpr uint32_t kBusy = 50;
  constexpr uint32_t kEach = 2000;
  HeavyHitters<uint64_t> hitters(kSecret);
  Random random(1);
  for (uint32_t i = 0; i < kBusy * kEach; ++i) {
    hitters.add(uint64_t{i % kBusy} << 16U);
    for (int flood = 0; flood < 10; ++flood) hitters.add(random.next() | 1U);
  }
  const auto ranking = hitters.ranking(kBusy);
  ASSERT_EQ(ranking.size(), kBusy);
  for (const RankedNetwork6& network : ranking) {
    EXPECT_LT(network.address >> 16U, kBusy);
    EXPECT_GE(network.count, kEach);
    EXPECT_LE(network.count - network.overcount, kEach);
    EXPECT_LT(network.overcount, 1000U) << "about an eighth of what its row received";
  }
}

TEST(HeavyHitters, TheOvercountBoundsTheError) {
  HeavyHitters<uint32_t> hitters(kSecret);
  std::map<uint32_t, uint64_t> truth;
  Random random(3);
  for (int i = 0; i < 300'000; ++i) {
    const uint32_t network = random.below(60'000) * (i % 3 == 0 ? 1U : 1000U);
    hitters.add(network);
    ++truth[network];
  }
  for (const RankedNetwork& network : hitters.ranking(SIZE_MAX)) {
    EXPECT_GE(network.count, truth[network.address]);
    EXPECT_LE(network.count - network.overcount, truth[network.address]);
  }
}

TEST(NetworkTally, CountsEachSizeOfEachFamilySeparately) {
  Random random(1);
  NetworkTally tally(random);
  for (const char* source :
       {"192.0.2.1", "192.0.2.255", "192.0.3.1", "192.0.16.1", "192.1.0.1", "2001:db8:1::1",
        "2001:db8:1:ffff::2", "2001:db8:2::1", "2001:db8:100::1", "2001:db9::1"})
    tally.add(address(source));
  std::map<unsigned, std::pair<std::string, uint64_t>> first;
  std::map<unsigned, size_t> sizes;
  tally.for_each_size([&](unsigned bits, const auto& ranking) {
    first[bits] = {address_text(ranking[0].address), ranking[0].count};
    sizes[bits] = ranking.size();
  });
  using Row = std::pair<std::string, uint64_t>;
  EXPECT_EQ(first[24], Row("192.0.2.0", 2));
  EXPECT_EQ(first[20], Row("192.0.0.0", 3));
  EXPECT_EQ(first[16], Row("192.0.0.0", 4));
  EXPECT_EQ(first[48], Row("2001:db8:1::", 2));
  EXPECT_EQ(first[40], Row("2001:db8::", 3));
  EXPECT_EQ(first[32], Row("2001:db8::", 4));
  EXPECT_EQ(sizes,
            (std::map<unsigned, size_t>{{24, 4}, {20, 3}, {16, 2}, {48, 4}, {40, 3}, {32, 2}}));
}

TEST(NetworkTally, BoundsItsRankingsAndItsMemory) {
  Random random(1);
  NetworkTally tally(random);
  for (uint32_t i = 0; i < 3000; ++i) {
    std::array<uint8_t, 4> bytes{};
    ByteWriter(bytes).write(i << 16U);
    tally.add(IpAddress::v4(bytes));
  }
  size_t sizes = 0;
  tally.for_each_size([&sizes](unsigned bits, const auto& ranking) {
    EXPECT_EQ(ranking.size(), ++sizes <= NetworkTally::kBits4.size() ? NetworkTally::kRanked : 0)
        << bits;
  });
  EXPECT_EQ(sizes, 6U);
  EXPECT_LE(NetworkTally::kBytes, 1'200'000U);
}

}  // namespace
}  // namespace ot
