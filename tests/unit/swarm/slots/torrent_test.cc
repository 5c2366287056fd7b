#include "swarm/slots/torrent.h"

#include <gtest/gtest.h>

#include <vector>

#include "unit/swarm/numbered.h"

namespace ot {
namespace {

class TorrentTest : public ::testing::Test {
 protected:
  void SetUp() override { torrent_.occupy(numbered_hash(7), 42); }
  void TearDown() override {
    TorrentPeers peers = torrent_.peers();
    peers.v4.release(memory_);
    peers.v6.release(memory_);
    EXPECT_EQ(memory_.used(), 0U);
  }

  void insert4(uint32_t number, bool seeding = false) {
    TorrentPeers peers = torrent_.peers();
    ASSERT_TRUE(peers.v4.insert(numbered_peer<Peer4>(number), seeding, context_));
    torrent_.store(peers, memory_);
  }
  void insert6(uint32_t number) {
    TorrentPeers peers = torrent_.peers();
    ASSERT_TRUE(peers.v4.unborrow(memory_));
    ASSERT_TRUE(peers.v6.insert(numbered_peer<Peer6>(number), false, context_));
    torrent_.store(peers, memory_);
  }
  void remove4(uint32_t number) {
    TorrentPeers peers = torrent_.peers();
    const auto position = peers.v4.find(numbered_peer<Peer4>(number), context_);
    ASSERT_TRUE(position);
    peers.v4.remove(*position, context_);
    torrent_.store(peers, memory_);
  }
  void remove6(uint32_t number) {
    TorrentPeers peers = torrent_.peers();
    peers.v6.remove(*peers.v6.find(numbered_peer<Peer6>(number), context_), context_);
    torrent_.store(peers, memory_);
  }
  void expect_peers4(const std::vector<uint32_t>& numbers) {
    TorrentPeers peers = torrent_.peers();
    EXPECT_EQ(peers.v4.size(), numbers.size());
    for (const uint32_t number : numbers)
      EXPECT_TRUE(peers.v4.find(numbered_peer<Peer4>(number), context_)) << number;
  }

  SecretHash hash_ = SecretHash::from_seed(1);
  MemoryBudget memory_;
  SwarmContext context_{hash_, memory_, best_peer_scan()};
  Torrent torrent_{};
};

TEST_F(TorrentTest, IsOneCacheLineAndEmptyWhenZero) {
  EXPECT_EQ(sizeof(Torrent), 64U);
  const Torrent zero{};
  EXPECT_FALSE(zero.is_occupied());
  EXPECT_TRUE(torrent_.is_occupied());
  EXPECT_EQ(torrent_.info_hash(), numbered_hash(7));
  EXPECT_EQ(torrent_.order(), 42U);
  EXPECT_EQ(torrent_.counts(), SwarmCounts{});
}

TEST_F(TorrentTest, HoldsFourPeersWithoutMemory) {
  for (uint32_t number = 0; number < 4; ++number) insert4(number, number == 2);
  EXPECT_EQ(memory_.used(), 0U);
  EXPECT_EQ(torrent_.counts(), (SwarmCounts{1, 3, 0}));
  expect_peers4({0, 1, 2, 3});
  const Torrent moved = torrent_;
  torrent_.clear();
  EXPECT_FALSE(torrent_.is_occupied());
  torrent_ = moved;
  expect_peers4({0, 1, 2, 3});
}

TEST_F(TorrentTest, LeavesItsSlotWithFivePeersAndReturnsWithThree) {
  for (uint32_t number = 0; number < 6; ++number) insert4(number, number % 2 == 0);
  EXPECT_GT(memory_.used(), 0U);
  EXPECT_EQ(torrent_.counts(), (SwarmCounts{3, 3, 0}));
  remove4(0);
  remove4(1);
  EXPECT_GT(memory_.used(), 0U) << "four would fit, but the list returns with three";
  remove4(2);
  EXPECT_EQ(memory_.used(), 0U);
  EXPECT_EQ(torrent_.counts(), (SwarmCounts{1, 2, 0}));
  expect_peers4({3, 4, 5});
}

TEST_F(TorrentTest, AnIpv6PeerMovesTheOthersOutAndTheyReturnWhenItLeaves) {
  for (uint32_t number = 0; number < 3; ++number) insert4(number);
  insert6(1);
  expect_peers4({0, 1, 2});
  EXPECT_EQ(torrent_.counts(), (SwarmCounts{0, 4, 0}));
  remove6(1);
  EXPECT_EQ(memory_.used(), 0U);
  expect_peers4({0, 1, 2});
}

TEST_F(TorrentTest, KeepsCountersWhateverItsPeersDo) {
  torrent_.downloaded = 17;
  torrent_.minute = 1234;
  for (uint32_t number = 0; number < 300; ++number) insert4(number);
  for (uint32_t number = 0; number < 300; ++number) remove4(number);
  EXPECT_EQ(torrent_.downloaded, 17U);
  EXPECT_EQ(torrent_.minute, 1234);
  EXPECT_EQ(torrent_.counts(), (SwarmCounts{0, 0, 17}));
  EXPECT_EQ(memory_.used(), 0U);
}

// Such a torrent used to be erased while its directory was still allocated.
TEST_F(TorrentTest, HoldsNoMemoryAfterAllPeersOfManyBlocksExpired) {
  for (uint32_t number = 0; number < 2000; ++number) insert4(number);
  TorrentPeers peers = torrent_.peers();
  for (uint32_t block = peers.v4.block_count(); block-- > 0;)
    peers.v4.expire_block(block, 100, 45, context_);
  EXPECT_GT(peers.v4.block_count(), 1U);
  torrent_.store(peers, memory_);
  EXPECT_EQ(memory_.used(), 0U);
  EXPECT_EQ(torrent_.counts(), SwarmCounts{});
}

}  // namespace
}  // namespace ot
