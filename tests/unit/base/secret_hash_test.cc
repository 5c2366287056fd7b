#include "base/secret_hash.h"

#include <gtest/gtest.h>

#include <set>
#include <vector>

namespace ot {
namespace {

using Bytes = std::array<uint8_t, 20>;

// 20 bytes that are zero, except for a number in little-endian order at one place.
Bytes chosen(uint64_t number, size_t at) {
  Bytes bytes{};
  for (size_t i = at; i < bytes.size() && number != 0; ++i, number >>= 8U)
    bytes[i] = static_cast<uint8_t>(number);
  return bytes;
}

TEST(SecretHash, SpreadsChosenInputsEvenly) {
  constexpr size_t kCells = 1024;
  const SecretHash hash = SecretHash::random();
  for (const uint64_t step : {1U, 1024U, 65536U}) {
    std::vector<int> cells(kCells);
    for (uint64_t i = 0; i < 64 * kCells; ++i) ++cells[hash(chosen(i * step, 16)) >> 54U];
    for (const int count : cells) {
      EXPECT_GT(count, 64 - 7 * 8);
      EXPECT_LT(count, 64 + 7 * 8);
    }
  }
}

// If two words had the same factor, one could cancel the other.
TEST(SecretHash, DistinguishesInputsWithEqualSums) {
  const SecretHash hash = SecretHash::random();
  std::set<uint64_t> seen;
  constexpr uint32_t kSum = 1'000'000;
  for (uint32_t i = 0; i < 10'000; ++i) {
    Bytes bytes{};
    const std::array<uint32_t, 2> words{i, kSum - i};
    std::memcpy(bytes.data(), words.data(), sizeof words);
    seen.insert(hash(bytes));
  }
  EXPECT_EQ(seen.size(), 10'000U);
}

// The endpoints of peers have 6 and 18 bytes, so that the last word is half full.
TEST(SecretHash, DependsOnEachByteOfInputsThatEndWithinAWord) {
  const SecretHash hash = SecretHash::random();
  std::set<uint64_t> seen{hash(std::array<uint8_t, 6>{})};
  for (size_t i = 0; i < 6; ++i) {
    std::array<uint8_t, 6> bytes{};
    bytes[i] = 1;
    seen.insert(hash(bytes));
  }
  EXPECT_EQ(seen.size(), 7U);
}

TEST(SecretHash, DependsOnItsKey) {
  const Bytes bytes = chosen(1, 0);
  EXPECT_NE(SecretHash::random()(bytes), SecretHash::random()(bytes));
  EXPECT_NE(SecretHash::from_seed(1)(bytes), SecretHash::from_seed(2)(bytes));
  EXPECT_EQ(SecretHash({1, 2, 3, 4, 5, 6})(bytes), SecretHash({1, 2, 3, 4, 5, 6})(bytes));
}

}  // namespace
}  // namespace ot
