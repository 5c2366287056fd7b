#include "base/random.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <vector>

namespace ot {
namespace {

// The first outputs of the published SplitMix64 with seed 0.
TEST(Random, FollowsThePublishedAlgorithm) {
  Random random(0);
  EXPECT_EQ(random.next(), 0xe220a8397b1dcdafU);
  EXPECT_EQ(random.next(), 0x6e789e6aa1b965f4U);
  EXPECT_EQ(random.next(), 0x06c45d188009454fU);
}

TEST(Random, RepeatsOnlyForTheSameSeed) {
  Random a(42);
  Random b(42);
  Random c(43);
  for (int i = 0; i < 100; ++i) {
    const uint64_t word = a.next();
    EXPECT_EQ(word, b.next());
    EXPECT_NE(word, c.next());
  }
}

TEST(Random, StartsDifferentlyWithASeedFromTheKernel) {
  Random a;
  Random b;
  EXPECT_NE(a.next(), b.next());
}

TEST(Random, StaysBelowItsBound) {
  Random random(7);
  for (int i = 0; i < 1000; ++i) {
    EXPECT_EQ(random.below(1), 0U);
    EXPECT_LT(random.below(3), 3U);
    EXPECT_LT(random.below(UINT32_MAX), UINT32_MAX);
  }
}

TEST(Random, IsUniformBelowItsBound) {
  constexpr uint32_t kBound = 10;
  constexpr uint32_t kDraws = 100000;
  Random random(11);
  std::array<uint32_t, kBound> hits{};
  for (uint32_t i = 0; i < kDraws; ++i) ++hits.at(random.below(kBound));
  // Five standard deviations of a binomial count around 10000.
  for (const uint32_t count : hits) EXPECT_NEAR(count, kDraws / kBound, 475);
}

TEST(FillRandom, FillsExactlyItsSpan) {
  std::vector<uint8_t> bytes(4096, 0);
  fill_random(std::span(bytes).first(4000));
  for (size_t i = 0; i + 40 <= 4000; i += 40) {
    const std::span part = std::span(bytes).subspan(i, 40);
    EXPECT_TRUE(std::ranges::any_of(part, [](uint8_t byte) { return byte != 0; })) << i;
  }
  const std::span tail = std::span(bytes).subspan(4000);
  EXPECT_TRUE(std::ranges::all_of(tail, [](uint8_t byte) { return byte == 0; }));
}

TEST(FillRandom, AcceptsAnEmptySpan) { fill_random({}); }

}  // namespace
}  // namespace ot
