#include "swarm/peers/peer.h"

#include <gtest/gtest.h>

namespace ot {
namespace {

TEST(Peer, HoldsTheCompactFormOfAnIpv4Endpoint) {
  const Endpoint endpoint{*IpAddress::parse("192.0.2.33"), 0x1ae1};
  const auto peer = make_peer<Peer4>(endpoint, kPeerSeeding, 0x305);
  EXPECT_EQ(peer.endpoint, (std::array<uint8_t, 6>{192, 0, 2, 33, 0x1a, 0xe1}));
  EXPECT_EQ(peer.flags, kPeerSeeding);
  EXPECT_EQ(peer.minute, 5);
}

TEST(Peer, HoldsTheCompactFormOfAnIpv6Endpoint) {
  const Endpoint endpoint{*IpAddress::parse("2001:db8::7"), 0x1ae1};
  const auto peer = make_peer<Peer6>(endpoint, kPeerCompleted, 0);
  const std::array<uint8_t, 18> expected{0x20, 0x01, 0x0d, 0xb8, 0, 0, 0, 0,    0,
                                         0,    0,    0,    0,    0, 0, 7, 0x1a, 0xe1};
  EXPECT_EQ(peer.endpoint, expected);
  EXPECT_TRUE(peer.is_completed());
}

TEST(Peer, AgesAcrossTheWrapOfItsStamp) {
  EXPECT_EQ(age_of(250, 250), 0U);
  EXPECT_EQ(age_of(250, 256), 6U);
  EXPECT_EQ(age_of(250, 250 + 254), 254U);
  EXPECT_EQ(age_of(static_cast<uint8_t>(100'000), 100'200), 200U);
}

TEST(Peer, AStampByAThreadThatIsAMinuteAheadIsNew) {
  EXPECT_EQ(age_of(251, 250), 0U);
  EXPECT_EQ(age_of(0, 255), 0U);
}

}  // namespace
}  // namespace ot
