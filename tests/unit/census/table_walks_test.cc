#include "census/table_walks.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>

#include "census/busy_networks.h"
#include "unit/swarm/numbered.h"

namespace ot {
namespace {

const std::atomic<bool> kNo{false};
const std::atomic<bool> kYes{true};

class TableWalksTest : public testing::Test {
 protected:
  void announce(uint32_t torrent, const Endpoint& peer, bool seeding = false,
                AnnounceEvent event = AnnounceEvent::none) {
    AnnounceRequest request;
    request.info_hash = numbered_hash(torrent, static_cast<uint8_t>(torrent));
    request.peer = peer;
    request.seeding = seeding;
    request.event = event;
    table_.announce(request, table_.locate(request.info_hash), 0, 0, {}, random_);
  }
  WalkFindings walk(WalkKind kind) {
    WalkFindings findings;
    EXPECT_TRUE(walk_table(kind, table_, {kNo, kNo}, findings));
    return findings;
  }

  TorrentTable table_{{}, SecretHash::from_seed(1)};
  Random random_{1};
};

TEST_F(TableWalksTest, RecountAgreesWithTheKeptCounts) {
  for (int i = 0; i < 30000; ++i) {
    const uint32_t torrent = random_.below(700);
    const auto event = static_cast<AnnounceEvent>(random_.below(5));
    const uint32_t peer = random_.below(500);
    announce(torrent, random_.below(4) == 0 ? endpoint6(peer) : endpoint4(peer),
             random_.below(3) == 0, event);
  }
  const WalkFindings found = walk(WalkKind::recount);
  const TableTotals kept = table_.totals();
  EXPECT_EQ(found.torrents, kept.torrents);
  EXPECT_EQ(found.torrents, table_.torrents());
  EXPECT_EQ(found.peers, kept.peers);
  EXPECT_EQ(found.peers, table_.peers());
  EXPECT_EQ(found.seeders, kept.seeders);
  EXPECT_GT(found.downloaded, 0U);
}

TEST_F(TableWalksTest, RecountGroupsTorrentsBySize) {
  for (const uint32_t size : {1U, 2U, 3U, 4U, 7U, 8U, 300U})
    for (uint32_t peer = 0; peer < size; ++peer) announce(size, endpoint4(peer));
  const WalkFindings found = walk(WalkKind::recount);
  EXPECT_EQ(found.swarm_sizes[1], 1U);
  EXPECT_EQ(found.swarm_sizes[2], 2U);
  EXPECT_EQ(found.swarm_sizes[3], 2U);
  EXPECT_EQ(found.swarm_sizes[4], 1U);
  EXPECT_EQ(found.swarm_sizes[9], 1U);
}

TEST_F(TableWalksTest, TopTorrentsAreThoseWithTheMostOfEachKind) {
  for (uint32_t torrent = 0; torrent < 150; ++torrent) {
    for (uint32_t peer = 0; peer < torrent; ++peer)
      announce(torrent, endpoint4(peer), peer % 10 == 0);
  }
  const WalkFindings found = walk(WalkKind::top_torrents);
  ASSERT_EQ(found.by_peers.size(), WalkFindings::kRankedTorrents);
  for (uint32_t i = 0; i < 100; ++i) {
    const InfoHash expected = numbered_hash(149 - i, static_cast<uint8_t>(149 - i));
    EXPECT_EQ(found.by_peers[i], (RankedTorrent{149 - i, expected}));
  }
  EXPECT_EQ(found.by_seeders[0].count, 15U);
  EXPECT_EQ(found.by_leechers[0].count, 134U);
}

TEST(TopTorrents, AreThoseASortWouldPutFirst) {
  Random random(3);
  std::vector<RankedTorrent> all;
  TopTorrents top(20);
  for (uint32_t n = 0; n < 5000; ++n) {
    all.push_back({random.below(300), numbered_hash(n)});
    top.offer(all.back().count, all.back().info_hash);
  }
  std::sort(all.begin(), all.end(), [](const RankedTorrent& a, const RankedTorrent& b) {
    return a.count != b.count ? a.count > b.count : a.info_hash < b.info_hash;
  });
  all.resize(20);
  EXPECT_EQ(top.take(), all);
}

TEST(TopTorrents, WithACountOfZeroAreIgnored) {
  TopTorrents top(3);
  top.offer(0, numbered_hash(1));
  top.offer(2, numbered_hash(2));
  EXPECT_EQ(top.take(), (std::vector<RankedTorrent>{{2, numbered_hash(2)}}));
}

TEST_F(TableWalksTest, BusiestNetworksAreThoseWithTheMostPeers) {
  std::map<uint32_t, uint64_t> networks28;
  std::map<uint32_t, uint64_t> networks24;
  for (int i = 0; i < 20000; ++i) {
    // Low numbers more often than high ones.
    const uint32_t number = random_.below(1 + random_.below(1 + random_.below(60000)));
    const uint32_t torrent = static_cast<uint32_t>(i) % 50;
    const TableTotals before = table_.totals();
    announce(torrent, endpoint4(number));
    if (table_.totals().peers == before.peers) continue;
    ++networks28[(10U << 24U) | (number & ~15U)];
    ++networks24[(10U << 24U) | (number & ~255U)];
  }
  announce(1, endpoint6(1));
  const auto ranking = [](const std::map<uint32_t, uint64_t>& counts) {
    std::vector<RankedNetwork> ranked;
    for (const auto& [address, peers] : counts) ranked.push_back({peers, address});
    std::stable_sort(
        ranked.begin(), ranked.end(),
        [](const RankedNetwork& a, const RankedNetwork& b) { return a.count > b.count; });
    ranked.resize(std::min(ranked.size(), WalkFindings::kRankedNetworks));
    return ranked;
  };
  const WalkFindings found = walk(WalkKind::busiest_networks);
  EXPECT_EQ(found.networks28, ranking(networks28));
  EXPECT_EQ(found.networks24, ranking(networks24));
}

TEST(BusyNetworks, AreFoundAmongMillionsOfOthers) {
  std::vector<uint32_t> addresses;
  for (uint32_t n = 0; n < 2'000'000; ++n) addresses.push_back(n * 997U << 4U);
  for (uint32_t n = 0; n < 40; ++n)
    for (uint32_t peer = 0; peer < 30 + n; ++peer) addresses.push_back(0xc0000000U + (n << 4U));
  BusyNetworks networks(28);
  networks.estimate(addresses);
  networks.choose_candidates();
  networks.count(addresses);
  const auto ranking = networks.ranking(40);
  ASSERT_EQ(ranking.size(), 40U);
  for (uint32_t i = 0; i < 40; ++i) {
    EXPECT_EQ(ranking[i].address, 0xc0000000U + ((39 - i) << 4U));
    EXPECT_GE(ranking[i].count, 69U - i);
  }
}

TEST_F(TableWalksTest, EndWhenCancelled) {
  announce(1, endpoint4(1));
  for (const WalkKind kind :
       {WalkKind::top_torrents, WalkKind::busiest_networks, WalkKind::recount}) {
    WalkFindings findings;
    EXPECT_FALSE(walk_table(kind, table_, {kYes, kNo}, findings));
    EXPECT_FALSE(walk_table(kind, table_, {kNo, kYes}, findings));
  }
}

}  // namespace
}  // namespace ot
