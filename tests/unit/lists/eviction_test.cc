#include "lists/eviction.h"

#include <gtest/gtest.h>

#include "unit/swarm/numbered.h"

namespace ot {
namespace {

const SecretHash kSecret({1, 2, 3, 4, 5, 6});

// Says each time that the time is up.
class Ticking final : public Clock {
 public:
  [[nodiscard]] MonotonicTime now() const override { return now_ += std::chrono::seconds(1); }
  [[nodiscard]] WallTime wall_time() const override { return {}; }

 private:
  mutable MonotonicTime now_{};
};

class EvictionTest : public testing::Test {
 protected:
  void announce(const InfoHash& info_hash, const Endpoint& peer, bool seeding) {
    AnnounceRequest request;
    request.info_hash = info_hash;
    request.peer = peer;
    request.seeding = seeding;
    request.event = seeding ? AnnounceEvent::completed : AnnounceEvent::none;
    table_.announce(request, table_.locate(info_hash), 0, minute_of(clock_.now()), {}, random_);
  }
  SwarmCounts scrape(const InfoHash& info_hash) {
    return table_.scrape(info_hash, table_.locate(info_hash), minute_of(clock_.now()));
  }
  // A leecher and a seeder, both families, in each of `torrents` spread over the shards.
  void fill(uint32_t torrents) {
    for (uint32_t i = 0; i < torrents; ++i) {
      announce(hash_of(i), endpoint4(i), false);
      announce(hash_of(i), endpoint6(i), true);
    }
  }
  static InfoHash hash_of(uint32_t i) { return numbered_hash(i, static_cast<uint8_t>(i)); }
  // The even ones stay.
  void list_even(uint32_t torrents) {
    std::vector<InfoHash> even;
    for (uint32_t i = 0; i < torrents; i += 2) even.push_back(hash_of(i));
    (void)access_.replace(std::make_shared<const AccessList>(even, kSecret));
  }
  void run() {
    eviction_.begin();
    for (int steps = 0; eviction_.is_due() && steps < 100'000; ++steps) eviction_.step();
  }

  ManualClock clock_;
  Ticking slow_;
  Random random_{1};
  TorrentTable table_{{}, SecretHash::from_seed(1)};
  AccessControl access_{AccessMode::white, kSecret};
  Eviction eviction_{table_, access_, clock_};
};

TEST_F(EvictionTest, TakesEveryRefusedTorrentOutAndKeepsTheCounts) {
  constexpr uint32_t kTorrents = 20'000;
  fill(kTorrents);
  list_even(kTorrents);
  run();
  EXPECT_FALSE(eviction_.is_due());
  EXPECT_EQ(eviction_.removed(), kTorrents / 2);
  EXPECT_EQ(table_.torrents(), kTorrents / 2);
  EXPECT_EQ(table_.peers(), kTorrents);
  const TableTotals totals = table_.totals();
  EXPECT_EQ(totals.torrents, kTorrents / 2);
  EXPECT_EQ(totals.peers, kTorrents);
  EXPECT_EQ(totals.seeders, kTorrents / 2);
  for (uint32_t i = 0; i < kTorrents; ++i)
    EXPECT_EQ(scrape(hash_of(i)), i % 2 == 0 ? (SwarmCounts{1, 1, 1}) : SwarmCounts{});
}

// Not before the last one is judged: until then the list is to be asked about what is there, too.
TEST_F(EvictionTest, SaysWhenTheTableHoldsNothingThatIsRefused) {
  EXPECT_TRUE(access_.is_carried_out()) << "nothing has been there yet";
  constexpr uint32_t kTorrents = 5'000;
  fill(kTorrents);
  list_even(kTorrents);
  Eviction eviction(table_, access_, slow_);
  eviction.begin();
  size_t steps = 0;
  for (; eviction.is_due(); ++steps) {
    ASSERT_FALSE(access_.is_carried_out());
    eviction.step();
  }
  EXPECT_GT(steps, TorrentTable::kShards);
  EXPECT_TRUE(access_.is_carried_out());
  EXPECT_EQ(table_.torrents(), kTorrents / 2);
  list_even(0);
  EXPECT_FALSE(access_.is_carried_out()) << "another list, another round";
}

// What it has seen of the shard it is in has been judged by the list before.
TEST_F(EvictionTest, JudgesTheShardItIsInOnceMoreWhenTheListChanges) {
  constexpr uint32_t kTorrents = 1'000;
  std::vector<InfoHash> all;
  for (uint32_t i = 0; i < kTorrents; ++i) {
    all.push_back(numbered_hash(i));  // of one shard
    announce(all.back(), endpoint4(i), false);
  }
  (void)access_.replace(std::make_shared<const AccessList>(all, kSecret));
  Eviction eviction(table_, access_, slow_);
  eviction.begin();
  for (int i = 0; i < 3; ++i) eviction.step();
  EXPECT_EQ(table_.torrents(), kTorrents);
  list_even(0);
  eviction.begin();
  while (eviction.is_due()) eviction.step();
  EXPECT_TRUE(access_.is_carried_out());
  EXPECT_EQ(table_.torrents(), 0U);
}

TEST_F(EvictionTest, GivesTheMemoryOfLargeSwarmsBack) {
  const uint64_t empty = table_.totals().bytes;
  for (uint32_t i = 0; i < 20'000; ++i) announce(hash_of(1), endpoint4(i), false);
  EXPECT_GT(table_.totals().bytes, empty + 100'000);
  run();
  EXPECT_EQ(table_.totals().peers, 0U);
  EXPECT_LE(table_.totals().bytes, empty + 3 * 4096);
}

TEST_F(EvictionTest, GoesOnWhereItWasWhenTheListChangesInTheMiddle) {
  constexpr uint32_t kTorrents = 5'000;
  fill(kTorrents);
  list_even(kTorrents);
  eviction_.begin();
  for (int i = 0; i < 300; ++i) {
    eviction_.step();
    eviction_.begin();
  }
  run();
  EXPECT_EQ(table_.torrents(), kTorrents / 2);
}

// However slow, a step removes a torrent, and what it did not come to is not passed over.
TEST_F(EvictionTest, EndsAStepWhenItsTimeIsUpAndComesToTheEndNevertheless) {
  constexpr uint32_t kTorrents = 5'000;
  fill(kTorrents);
  list_even(kTorrents);
  Eviction eviction(table_, access_, slow_);
  eviction.begin();
  for (uint64_t steps = 0; eviction.is_due() && steps < 10 * kTorrents; ++steps) {
    const uint64_t before = eviction.removed();
    eviction.step();
    ASSERT_LE(eviction.removed(), before + 1);
  }
  EXPECT_FALSE(eviction.is_due());
  EXPECT_EQ(eviction.removed(), kTorrents / 2);
  EXPECT_EQ(table_.torrents(), kTorrents / 2);
}

TEST_F(EvictionTest, LeavesATableThatIsRefusedNothingAlone) {
  fill(1'000);
  list_even(2'000);
  for (uint32_t i = 1; i < 1'000; i += 2) ASSERT_TRUE(access_.add(hash_of(i)));
  run();
  EXPECT_EQ(eviction_.removed(), 0U);
  EXPECT_EQ(table_.torrents(), 1'000U);
}

}  // namespace
}  // namespace ot
