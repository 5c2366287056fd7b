#include "swarm/peer_handout.h"

#include <gtest/gtest.h>

#include <set>
#include <vector>

#include "swarm/peer_sample.h"
#include "unit/swarm/numbered.h"

namespace ot {
namespace {

// Where the runs of a choice begin.
struct NotedRuns {
  std::vector<const Peer4*> first;
  void add(const Peer4* peers, size_t /*count*/) { first.push_back(peers); }
};

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

TEST_F(PeerHandoutTest, NeverHandsOutTheAskerAndNobodyTwice) {
  AnnounceRequest request;
  request.peer = endpoint4(7);
  const auto asker = peers_.v4.find(numbered_peer<Peer4>(7), context_);
  Random random(3);
  for (int round = 0; round < 1000; ++round) {
    std::vector<uint8_t> out(50 * kCompactPeer4);
    const HandoutBytes written = hand_out(peers_, request, 50, asker, {out, {}}, random);
    ASSERT_EQ(written.v4, out.size());
    ASSERT_EQ(written.v6, 0U);
    std::set<uint32_t> seen;
    for (size_t at = 0; at < out.size(); at += kCompactPeer4)
      seen.insert(peer_number<Peer4>(&out[at]));
    ASSERT_EQ(seen.size(), 50U);
    ASSERT_FALSE(seen.contains(7));
  }
}

// The lines that are asked for ahead of time are those that are read then.
TEST_F(PeerHandoutTest, AChoiceIsForeseenWithACopyOfTheGenerator) {
  for (uint64_t seed = 0; seed < 100; ++seed) {
    Random random(seed);
    Random copy = random;
    NotedRuns chosen;
    NotedRuns foreseen;
    choose_part(peers_.v4, true, 20, peers_.v4.seeders(), std::nullopt, random, chosen);
    choose_part(peers_.v4, true, 20, peers_.v4.seeders(), std::nullopt, copy, foreseen);
    ASSERT_EQ(chosen.first, foreseen.first);
  }
}

TEST_F(PeerHandoutTest, ForesightChangesNothing) {
  AnnounceRequest request;
  request.peer = endpoint4(7);
  std::vector<uint8_t> out(50 * kCompactPeer4);
  std::vector<uint8_t> same(out.size());
  Random random(9);
  Random again(9);
  prefetch_handout(peers_, request, 50, {out, {}}, random);
  EXPECT_EQ(out, same);
  (void)hand_out(peers_, request, 50, std::nullopt, {out, {}}, random);
  (void)hand_out(peers_, request, 50, std::nullopt, {same, {}}, again);
  EXPECT_EQ(out, same);
}

}  // namespace
}  // namespace ot
