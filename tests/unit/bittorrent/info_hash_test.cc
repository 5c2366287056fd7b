#include "bittorrent/info_hash.h"

#include <gtest/gtest.h>

#include <set>

namespace ot {
namespace {

TEST(InfoHash, IsZeroByDefault) {
  for (const uint8_t byte : InfoHash{}.bytes) EXPECT_EQ(byte, 0);
}

TEST(InfoHash, DiffersInEveryByte) {
  std::set<InfoHash> seen{InfoHash{}};
  for (size_t i = 0; i < InfoHash::kSize; ++i) {
    InfoHash hash;
    hash.bytes.at(i) = 1;
    EXPECT_TRUE(seen.insert(hash).second) << i;
  }
}

// Scrape replies are sorted as raw strings (BEP 3): bytes compare unsigned and from the front.
TEST(InfoHash, IsOrderedLikeItsRawBytes) {
  InfoHash low;
  InfoHash high;
  low.bytes[0] = 0x7f;
  low.bytes[19] = 0xff;
  high.bytes[0] = 0x80;
  EXPECT_LT(low, high);
}

}  // namespace
}  // namespace ot
