#include "bittorrent/announce.h"

#include <gtest/gtest.h>

namespace ot {
namespace {

TEST(AnnounceRequest, LeavesNumwantToTheTrackerByDefault) {
  const AnnounceRequest request;
  EXPECT_EQ(request.numwant, std::nullopt);
  EXPECT_EQ(request.event, AnnounceEvent::none);
  EXPECT_FALSE(request.seeding);
}

// These numbers are on the wire (BEP 15), and codecs cast them.
TEST(AnnounceEvent, HasTheNumbersOfBep15) {
  EXPECT_EQ(static_cast<int>(AnnounceEvent::none), 0);
  EXPECT_EQ(static_cast<int>(AnnounceEvent::completed), 1);
  EXPECT_EQ(static_cast<int>(AnnounceEvent::started), 2);
  EXPECT_EQ(static_cast<int>(AnnounceEvent::stopped), 3);
  EXPECT_EQ(static_cast<int>(AnnounceEvent::paused), 4);
}

TEST(CompactPeer, IsAnAddressAndAPort) {
  EXPECT_EQ(kCompactPeer4, 4U + 2U);
  EXPECT_EQ(kCompactPeer6, 16U + 2U);
}

}  // namespace
}  // namespace ot
