#include "swarm/keyed_hash.h"

#include <gtest/gtest.h>

#include <numeric>

namespace ot {
namespace {

// The vectors of the SipHash paper (Aumasson, Bernstein 2012), key 00 01 … 0f, input 00 01 … .
TEST(KeyedHash, IsSipHash24) {
  KeyedHash::Key key{};
  std::iota(key.begin(), key.end(), uint8_t{0});
  const KeyedHash hash(key);
  std::array<uint8_t, 15> input{};
  std::iota(input.begin(), input.end(), uint8_t{0});
  EXPECT_EQ(hash(input), 0xa129ca6149be45e5ULL);
  EXPECT_EQ(hash(ByteView(input).first(0)), 0x726fdb47dd0e0e31ULL);
}

TEST(KeyedHash, DependsOnTheKey) {
  const std::array<uint8_t, 20> input{1, 2, 3};
  EXPECT_NE(KeyedHash({1})(input), KeyedHash({2})(input));
  EXPECT_NE(KeyedHash::random()(input), KeyedHash::random()(input));
}

}  // namespace
}  // namespace ot
