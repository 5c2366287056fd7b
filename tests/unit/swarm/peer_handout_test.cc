#include "swarm/peer_handout.h"

#include <gtest/gtest.h>

#include <set>
#include <vector>

#include "unit/swarm/numbered.h"

namespace ot {
namespace {

class PeerHandoutTest : public testing::Test {
 protected:
  PeerHandoutTest() {
    for (uint32_t i = 0; i < 600; ++i) {
      (void)peers_.v4.insert(numbered_peer<Peer4>(i, i % 2 == 0), i % 2 == 0, context_);
    }
  }
  ~PeerHandoutTest() override { peers_.v4.release(memory_); }

  SecretHash hash_ = SecretHash::from_seed(1);
  MemoryBudget memory_;
  SwarmContext context_{hash_, memory_, best_peer_scan()};
  TorrentPeers peers_{};
};

TEST_F(PeerHandoutTest, HandsOutNeitherTheAskerNorAnyPeerTwice) {
  AnnounceRequest request;
  request.peer = endpoint4(7);
  const auto asker = peers_.v4.find(numbered_peer<Peer4>(7), context_);
  Random random(3);
  PeerCopies copies;
  for (int round = 0; round < 1000; ++round) {
    std::vector<uint8_t> out(50 * kCompactPeer4);
    const HandoutBytes written = hand_out(peers_, request, 50, asker, {out, {}}, copies, random);
    copies.write();
    ASSERT_EQ(written.v4, out.size());
    ASSERT_EQ(written.v6, 0U);
    std::set<uint32_t> seen;
    for (size_t at = 0; at < out.size(); at += kCompactPeer4)
      seen.insert(peer_number<Peer4>(&out[at]));
    ASSERT_EQ(seen.size(), 50U);
    ASSERT_FALSE(seen.contains(7));
  }
}

}  // namespace
}  // namespace ot
