#include "swarm/torrent_table.h"

#include <gtest/gtest.h>

#include <vector>

#include "unit/swarm/numbered.h"

namespace ot {
namespace {

// A table and what an announce needs, with room for every answer.
class TestTable {
 public:
  explicit TestTable(const TableOptions& options = {})
      : table_(options, SecretHash::from_seed(1)) {}

  AnnounceOutcome announce(const InfoHash& hash, const Endpoint& peer,
                           AnnounceEvent event = AnnounceEvent::none, bool seeding = false,
                           size_t numwant = 0) {
    AnnounceRequest request;
    request.info_hash = hash;
    request.peer = peer;
    request.event = event;
    request.seeding = seeding;
    return table_.announce(request, table_.locate(hash), numwant, now_, {v4_, v6_}, random_);
  }
  SwarmCounts scrape(const InfoHash& hash) {
    return table_.scrape(hash, table_.locate(hash), now_);
  }
  // Once through the whole table.
  SweepResult sweep(size_t budget = 50) {
    SweepResult sum;
    SweepCursor cursor;
    uint32_t shard = 0;
    do {
      shard = cursor.shard;
      const SweepResult step = table_.sweep(cursor, now_, budget);
      sum.peers_expired += step.peers_expired;
      sum.torrents_expired += step.torrents_expired;
    } while (cursor.shard >= shard);
    return sum;
  }
  void pass(Minute minutes) { now_ += minutes; }
  // Lets time pass while the table is swept every few minutes, as the daemon does.
  void live(Minute minutes) {
    for (Minute minute = 0; minute < minutes; minute += 20) {
      pass(20);
      sweep();
    }
  }

  TorrentTable& table() { return table_; }

 private:
  TorrentTable table_;
  Random random_{1};
  Minute now_ = 70'000;
  std::array<uint8_t, 100 * kCompactPeer4> v4_{};
  std::array<uint8_t, 100 * kCompactPeer6> v6_{};
};

const InfoHash kHash = numbered_hash(1);

TEST(TorrentTable, HandsTheFirstPeerToTheSecond) {
  TestTable test;
  const auto first = test.announce(kHash, endpoint4(1), AnnounceEvent::started, false, 50);
  EXPECT_EQ(first.change, PeerChange::added);
  EXPECT_EQ(first.swarm, (SwarmCounts{0, 1, 0}));
  EXPECT_EQ(first.v4_bytes, 0U);
  const auto second = test.announce(kHash, endpoint6(2), AnnounceEvent::started, true, 50);
  EXPECT_EQ(second.swarm, (SwarmCounts{1, 1, 0}));
  EXPECT_EQ(second.v4_bytes, kCompactPeer4);
  EXPECT_EQ(second.v6_bytes, 0U);
}

TEST(TorrentTable, PlacesATorrentByTheTopTenBitsOfItsHash) {
  TestTable test;
  InfoHash hash;
  hash.bytes[0] = 0x12;
  hash.bytes[1] = 0xff;
  EXPECT_EQ(test.table().locate(hash).shard, 0x12U << 2U | 3U);
  hash.bytes[0] = 0xff;
  EXPECT_EQ(test.table().locate(hash).shard, TorrentTable::kShards - 1);
}

TEST(TorrentTable, AFakeHashIsGoneWithItsLastPeer) {
  TestTable test;
  test.announce(kHash, endpoint4(1));
  EXPECT_EQ(test.announce(kHash, endpoint4(1), AnnounceEvent::stopped).change, PeerChange::removed);
  EXPECT_EQ(test.table().torrents(), 0U);
  EXPECT_EQ(test.announce(kHash, endpoint4(1), AnnounceEvent::stopped).change, PeerChange::unknown);
  EXPECT_EQ(test.table().torrents(), 0U) << "stopped creates nothing";
}

TEST(TorrentTable, APeerLeavesAfterItsTimeoutAndNotBefore) {
  TestTable test;
  test.announce(kHash, endpoint4(1), AnnounceEvent::none, true);
  test.pass(45);
  test.sweep();
  EXPECT_EQ(test.scrape(kHash), (SwarmCounts{1, 0, 0}));
  test.pass(1);
  const SweepResult swept = test.sweep();
  EXPECT_EQ(swept.peers_expired, 1U);
  EXPECT_EQ(swept.torrents_expired, 1U);
  EXPECT_EQ(test.table().totals().torrents, 0U);
  EXPECT_EQ(test.table().totals().seeders, 0U);
}

TEST(TorrentTable, TouchingATorrentRemovesItsStalePeers) {
  TestTable test;
  test.announce(kHash, endpoint4(1));
  test.announce(numbered_hash(2), endpoint4(1));
  test.pass(46);
  EXPECT_EQ(test.scrape(kHash), SwarmCounts{});
  EXPECT_EQ(test.announce(numbered_hash(2), endpoint4(2), AnnounceEvent::none, false, 9).swarm,
            (SwarmCounts{0, 1, 0}));
  EXPECT_EQ(test.table().peers(), 1U);
}

TEST(TorrentTable, RemembersDownloadsForTorrentTimeout) {
  TestTable test;
  test.announce(kHash, endpoint4(1));
  test.announce(kHash, endpoint4(1), AnnounceEvent::completed, true);
  test.announce(kHash, endpoint4(1), AnnounceEvent::stopped, true);
  EXPECT_EQ(test.scrape(kHash), (SwarmCounts{0, 0, 1}));
  test.live(24 * 60);
  EXPECT_EQ(test.scrape(kHash), (SwarmCounts{0, 0, 1}));
  test.live(20);
  EXPECT_EQ(test.scrape(kHash), SwarmCounts{});
  EXPECT_EQ(test.table().torrents(), 0U);
}

TEST(TorrentTable, APeerThatReturnsFindsTheDownloads) {
  TestTable test;
  test.announce(kHash, endpoint4(1), AnnounceEvent::completed, true);
  test.live(20 * 60);
  test.announce(kHash, endpoint4(2));
  EXPECT_EQ(test.scrape(kHash), (SwarmCounts{0, 1, 1}));
  test.live(20 * 60);
  EXPECT_EQ(test.scrape(kHash), (SwarmCounts{0, 0, 1}));
}

TEST(TorrentTable, SweepsALargeSwarmInStepsAndGivesAllMemoryBack) {
  TestTable test;
  for (uint32_t number = 0; number < 20'000; ++number) {
    test.announce(kHash, endpoint4(number), AnnounceEvent::none, number % 2 == 0);
    test.announce(kHash, endpoint6(number));
  }
  EXPECT_EQ(test.table().peers(), 40'000U);
  test.pass(46);
  SweepCursor cursor = {};
  size_t steps = 0;
  while (test.table().peers() != 0) {
    const uint64_t before = test.table().peers();
    test.table().sweep(cursor, 70'046, 100);
    EXPECT_LT(before - test.table().peers(), 1200U) << "one step went too far";
    ++steps;
  }
  EXPECT_GT(steps, 30U);
  EXPECT_LE(test.table().totals().bytes, 3 * 4096U);
}

TEST(TorrentTable, AFullTableAnswersAndStoresNothingNew) {
  TableOptions options;
  options.max_peers = 3;
  TestTable test(options);
  for (uint32_t number = 0; number < 3; ++number) test.announce(kHash, endpoint4(number));
  const auto refused = test.announce(kHash, endpoint4(9), AnnounceEvent::started, false, 50);
  EXPECT_EQ(refused.change, PeerChange::refused);
  EXPECT_EQ(refused.swarm, (SwarmCounts{0, 3, 0}));
  EXPECT_EQ(refused.v4_bytes, 3 * kCompactPeer4);
  EXPECT_EQ(test.announce(numbered_hash(2), endpoint4(1)).change, PeerChange::refused);
  EXPECT_EQ(test.table().torrents(), 1U);
  EXPECT_EQ(test.announce(kHash, endpoint4(1)).change, PeerChange::renewed);
  EXPECT_EQ(test.announce(kHash, endpoint4(1), AnnounceEvent::stopped).change, PeerChange::removed);
  EXPECT_EQ(test.announce(numbered_hash(2), endpoint4(1)).change, PeerChange::added);
}

TEST(TorrentTable, OneTorrentCannotTakeMoreThanItsShare) {
  TableOptions options;
  options.max_peers_per_torrent = 2;
  TestTable test(options);
  test.announce(kHash, endpoint4(1));
  test.announce(kHash, endpoint6(1));
  EXPECT_EQ(test.announce(kHash, endpoint4(2)).change, PeerChange::refused);
  EXPECT_EQ(test.announce(kHash, endpoint6(2)).change, PeerChange::refused);
  EXPECT_EQ(test.announce(numbered_hash(2), endpoint4(2)).change, PeerChange::added);
}

TEST(TorrentTable, StaysWithinItsMemoryLimitAndStillAnswers) {
  TableOptions options;
  options.max_memory = 200'000;
  TestTable test(options);
  size_t refused = 0;
  for (uint32_t number = 0; number < 20'000; ++number) {
    const InfoHash hash = numbered_hash(number % 3000, static_cast<uint8_t>(number % 3));
    refused += test.announce(hash, endpoint4(number)).change == PeerChange::refused ? 1U : 0U;
    ASSERT_LE(test.table().totals().bytes, options.max_memory);
  }
  EXPECT_GT(refused, 5'000U);
  EXPECT_EQ(test.table().peers(), 20'000 - refused);
  // Peers that are there may renew and leave; then there is room again.
  test.pass(46);
  test.sweep();
  EXPECT_EQ(test.table().peers(), 0U);
  EXPECT_EQ(test.announce(kHash, endpoint4(1)).change, PeerChange::added);
}

TEST(TorrentTable, ARefusedTorrentLeavesNothingBehind) {
  TableOptions options;
  options.max_memory = 4000;
  TestTable test(options);
  const auto outcome = test.announce(kHash, endpoint4(1), AnnounceEvent::completed, true, 50);
  EXPECT_EQ(outcome.change, PeerChange::refused);
  EXPECT_FALSE(outcome.completed);
  EXPECT_EQ(outcome.swarm, SwarmCounts{});
  EXPECT_EQ(test.table().totals().bytes, 0U);
  EXPECT_EQ(test.table().torrents(), 0U);
}

TEST(TorrentTable, WritesOnlyTheFamiliesThereIsRoomFor) {
  TestTable test;
  for (uint32_t number = 0; number < 10; ++number) {
    test.announce(kHash, endpoint4(number));
    test.announce(kHash, endpoint6(number));
  }
  AnnounceRequest request;
  request.info_hash = kHash;
  request.peer = endpoint4(0);
  Random random(1);
  std::array<uint8_t, 5 * kCompactPeer6> out{};
  auto& table = test.table();
  const auto v6_only = table.announce(request, table.locate(kHash), 50, 70'000, {{}, out}, random);
  EXPECT_EQ(v6_only.v4_bytes, 0U);
  EXPECT_EQ(v6_only.v6_bytes, 5 * kCompactPeer6);
  const auto none = table.announce(request, table.locate(kHash), 50, 70'000, {}, random);
  EXPECT_EQ(none.v4_bytes + none.v6_bytes, 0U);
}

TEST(TorrentTable, ASweepInTinyStepsGetsThroughAnEmptiedShard) {
  TestTable test;
  for (uint32_t number = 0; number < 5000; ++number)
    test.announce(numbered_hash(number), endpoint4(1));
  test.pass(46);
  EXPECT_EQ(test.sweep(1).torrents_expired, 5000U);
  test.announce(kHash, endpoint4(1));
  test.pass(46);
  EXPECT_EQ(test.sweep(1).torrents_expired, 1U);
}

}  // namespace
}  // namespace ot
