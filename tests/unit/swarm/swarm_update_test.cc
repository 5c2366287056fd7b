#include "swarm/swarm_update.h"

#include <gtest/gtest.h>

#include "unit/swarm/numbered.h"

namespace ot {
namespace {

AnnounceRequest request_of(const Endpoint& peer, AnnounceEvent event, bool seeding) {
  AnnounceRequest request;
  request.peer = peer;
  request.event = event;
  request.seeding = seeding;
  return request;
}

class SwarmUpdateTest : public ::testing::Test {
 protected:
  void SetUp() override { torrent_.occupy(numbered_hash(1), 1); }
  void TearDown() override {
    TorrentPeers peers = torrent_.peers();
    peers.v4.release(memory_);
    peers.v6.release(memory_);
    EXPECT_EQ(memory_.used(), 0U);
  }

  AnnounceOutcome announce(const Endpoint& peer, AnnounceEvent event, bool seeding,
                           bool may_add = true) {
    TorrentPeers peers = torrent_.peers();
    AnnounceOutcome outcome;
    asker_ =
        update_swarm(request_of(peer, event, seeding), now_, may_add, peers, context_, outcome);
    torrent_.store(peers, memory_);
    return outcome;
  }
  SwarmCounts counts() const { return torrent_.counts(); }

  SecretHash hash_ = SecretHash::from_seed(1);
  MemoryBudget memory_;
  SwarmContext context_{hash_, memory_, best_peer_scan()};
  Torrent torrent_{};
  Minute now_ = 100;
  std::optional<PeerPosition> asker_;  // after the last announce
};

TEST_F(SwarmUpdateTest, AddsOnFirstSightWhateverTheEvent) {
  const std::array events{AnnounceEvent::none, AnnounceEvent::started, AnnounceEvent::completed,
                          AnnounceEvent::paused};
  uint32_t number = 0;
  for (const AnnounceEvent event : events)
    EXPECT_EQ(announce(endpoint4(number++), event, false).change, PeerChange::added);
  EXPECT_EQ(counts(), (SwarmCounts{0, 4, 0}));
}

TEST_F(SwarmUpdateTest, RenewsAndReportsHowLongThePeerWasSilent) {
  announce(endpoint4(1), AnnounceEvent::started, false);
  now_ += 31;
  const AnnounceOutcome outcome = announce(endpoint4(1), AnnounceEvent::none, false);
  EXPECT_EQ(outcome.change, PeerChange::renewed);
  EXPECT_EQ(outcome.minutes_silent, 31);
  EXPECT_TRUE(asker_);
  EXPECT_EQ(announce(endpoint4(1), AnnounceEvent::started, false).minutes_silent, 0);
  EXPECT_EQ(counts(), (SwarmCounts{0, 1, 0}));
}

TEST_F(SwarmUpdateTest, TwoPortsOfOneAddressAreTwoPeers) {
  Endpoint peer = endpoint4(1);
  announce(peer, AnnounceEvent::started, false);
  ++peer.port;
  EXPECT_EQ(announce(peer, AnnounceEvent::started, false).change, PeerChange::added);
}

TEST_F(SwarmUpdateTest, CountsACompletionOncePerPeer) {
  announce(endpoint4(1), AnnounceEvent::started, false);
  EXPECT_TRUE(announce(endpoint4(1), AnnounceEvent::completed, true).completed);
  EXPECT_EQ(counts(), (SwarmCounts{1, 0, 0}));
  EXPECT_FALSE(announce(endpoint4(1), AnnounceEvent::completed, true).completed);
  EXPECT_FALSE(announce(endpoint4(1), AnnounceEvent::none, true).completed);
  // Not even after it has been a leecher again.
  announce(endpoint4(1), AnnounceEvent::none, false);
  EXPECT_FALSE(announce(endpoint4(1), AnnounceEvent::completed, true).completed);
  EXPECT_TRUE(announce(endpoint4(2), AnnounceEvent::completed, true).completed);
}

TEST_F(SwarmUpdateTest, CompletedWithSomethingLeftIsNotCountedAndStaysALeecher) {
  EXPECT_FALSE(announce(endpoint4(1), AnnounceEvent::completed, false).completed);
  EXPECT_EQ(counts(), (SwarmCounts{0, 1, 0}));
  EXPECT_TRUE(announce(endpoint4(1), AnnounceEvent::completed, true).completed);
}

TEST_F(SwarmUpdateTest, ASeederThatDoesNotReportACompletionHasNotCompleted) {
  EXPECT_FALSE(announce(endpoint4(1), AnnounceEvent::started, true).completed);
  EXPECT_EQ(counts(), (SwarmCounts{1, 0, 0}));
}

TEST_F(SwarmUpdateTest, APausedPeerIsALeecher) {
  announce(endpoint4(1), AnnounceEvent::paused, true);
  EXPECT_EQ(counts(), (SwarmCounts{0, 1, 0}));
  announce(endpoint4(1), AnnounceEvent::none, true);
  EXPECT_EQ(counts(), (SwarmCounts{1, 0, 0}));
  announce(endpoint4(1), AnnounceEvent::paused, true);
  EXPECT_EQ(counts(), (SwarmCounts{0, 1, 0}));
}

TEST_F(SwarmUpdateTest, StoppedRemovesAPeerThatIsThereAndAddsNone) {
  EXPECT_EQ(announce(endpoint4(1), AnnounceEvent::stopped, false).change, PeerChange::unknown);
  EXPECT_EQ(counts(), (SwarmCounts{0, 0, 0}));
  announce(endpoint4(1), AnnounceEvent::started, true);
  EXPECT_EQ(announce(endpoint4(2), AnnounceEvent::stopped, true).change, PeerChange::unknown);
  EXPECT_EQ(announce(endpoint4(1), AnnounceEvent::stopped, false).change, PeerChange::removed);
  EXPECT_EQ(counts(), (SwarmCounts{0, 0, 0}));
}

TEST_F(SwarmUpdateTest, BothFamiliesFormOneSwarm) {
  for (uint32_t number = 0; number < 4; ++number)
    announce(endpoint4(number), AnnounceEvent::started, true);
  EXPECT_EQ(announce(endpoint6(1), AnnounceEvent::started, false).change, PeerChange::added);
  EXPECT_EQ(counts(), (SwarmCounts{4, 1, 0}));
  EXPECT_EQ(announce(endpoint4(2), AnnounceEvent::none, true).change, PeerChange::renewed);
  EXPECT_EQ(announce(endpoint6(1), AnnounceEvent::stopped, false).change, PeerChange::removed);
  EXPECT_EQ(counts(), (SwarmCounts{4, 0, 0}));
}

TEST_F(SwarmUpdateTest, RefusesAPeerThatMayNotBeAddedAndLeavesOthersAlone) {
  for (uint32_t number = 0; number < 4; ++number)
    announce(endpoint4(number), AnnounceEvent::started, true);
  EXPECT_EQ(announce(endpoint4(9), AnnounceEvent::completed, true, false).change,
            PeerChange::refused);
  EXPECT_FALSE(announce(endpoint4(9), AnnounceEvent::completed, true, false).completed);
  EXPECT_EQ(announce(endpoint6(9), AnnounceEvent::none, true, false).change, PeerChange::refused);
  EXPECT_EQ(announce(endpoint4(3), AnnounceEvent::none, true, false).change, PeerChange::renewed);
  EXPECT_EQ(announce(endpoint4(3), AnnounceEvent::stopped, true, false).change,
            PeerChange::removed);
  EXPECT_EQ(counts(), (SwarmCounts{3, 0, 0}));
}

TEST(SwarmUpdateWithoutMemory, RefusesNewPeersAndLosesNone) {
  const SecretHash hash = SecretHash::from_seed(1);
  MemoryBudget memory(1);
  const SwarmContext context{hash, memory, best_peer_scan()};
  Torrent torrent{};
  torrent.occupy(numbered_hash(1), 1);
  const auto announce = [&](const Endpoint& peer) {
    TorrentPeers peers = torrent.peers();
    AnnounceOutcome outcome;
    const auto asker =
        update_swarm(request_of(peer, AnnounceEvent::none, true), 0, true, peers, context, outcome);
    EXPECT_EQ(asker.has_value(), outcome.change != PeerChange::refused);
    torrent.store(peers, memory);
    return outcome.change;
  };
  for (uint32_t number = 0; number < 4; ++number)
    EXPECT_EQ(announce(endpoint4(number)), PeerChange::added);
  EXPECT_EQ(announce(endpoint4(4)), PeerChange::refused);
  EXPECT_EQ(announce(endpoint6(4)), PeerChange::refused);
  EXPECT_EQ(announce(endpoint4(3)), PeerChange::renewed);
  EXPECT_EQ(torrent.counts(), (SwarmCounts{4, 0, 0}));
}

}  // namespace
}  // namespace ot
