#include "lists/eviction.h"

#include <gtest/gtest.h>

#include "unit/support/collected_log.h"
#include "unit/swarm/numbered.h"

namespace ot {
namespace {

const SecretHash kSecret({1, 2, 3, 4, 5, 6});

// A second passes at each look, so that the time of a step is always up.
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
  Timers timers_{clock_.now()};
  CollectedLog log_;
  Eviction eviction_{timers_, table_, access_, clock_, log_};
};

TEST_F(EvictionTest, RemovesEveryRefusedTorrentAndKeepsTheCounts) {
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

// Only after the last torrent is judged: until then the list must be asked about every torrent.
TEST_F(EvictionTest, NotesWhenTheTableHoldsNoRefusedTorrent) {
  EXPECT_TRUE(access_.is_carried_out()) << "nothing has been there yet";
  constexpr uint32_t kTorrents = 5'000;
  fill(kTorrents);
  list_even(kTorrents);
  Eviction eviction(timers_, table_, access_, slow_, log_);
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

// The part of the current shard that is done was judged by the old list.
TEST_F(EvictionTest, JudgesTheCurrentShardAgainWhenTheListChanges) {
  constexpr uint32_t kTorrents = 1'000;
  std::vector<InfoHash> all;
  for (uint32_t i = 0; i < kTorrents; ++i) {
    all.push_back(numbered_hash(i));  // of one shard
    announce(all.back(), endpoint4(i), false);
  }
  (void)access_.replace(std::make_shared<const AccessList>(all, kSecret));
  Eviction eviction(timers_, table_, access_, slow_, log_);
  eviction.begin();
  for (int i = 0; i < 3; ++i) eviction.step();
  EXPECT_EQ(table_.torrents(), kTorrents);
  list_even(0);
  eviction.begin();
  while (eviction.is_due()) eviction.step();
  EXPECT_TRUE(access_.is_carried_out());
  EXPECT_EQ(table_.torrents(), 0U);
}

TEST_F(EvictionTest, FreesTheMemoryOfLargeSwarms) {
  const uint64_t empty = table_.totals().bytes;
  for (uint32_t i = 0; i < 20'000; ++i) announce(hash_of(1), endpoint4(i), false);
  EXPECT_GT(table_.totals().bytes, empty + 100'000);
  run();
  EXPECT_EQ(table_.totals().peers, 0U);
  EXPECT_LE(table_.totals().bytes, empty + 3 * 4096);
}

TEST_F(EvictionTest, ContinuesWhereItWasWhenTheListChangesDuringARound) {
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

// However slow, a step removes a torrent, and the next one continues with the one after it.
TEST_F(EvictionTest, EndsAStepWhenItsTimeIsUpAndStillFinishesTheRound) {
  constexpr uint32_t kTorrents = 5'000;
  fill(kTorrents);
  list_even(kTorrents);
  Eviction eviction(timers_, table_, access_, slow_, log_);
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

TEST_F(EvictionTest, LeavesATableWithoutRefusedTorrentsAlone) {
  fill(1'000);
  list_even(2'000);
  for (uint32_t i = 1; i < 1'000; i += 2) ASSERT_TRUE(access_.add(hash_of(i)));
  run();
  EXPECT_EQ(eviction_.removed(), 0U);
  EXPECT_EQ(table_.torrents(), 1'000U);
}

TEST_F(EvictionTest, StepsByItsTimerUntilTheRoundIsDoneAndLogsTheNumber) {
  constexpr uint32_t kTorrents = 5'000;
  fill(kTorrents);
  list_even(kTorrents);
  Eviction eviction(timers_, table_, access_, slow_, log_);
  eviction.begin();
  MonotonicTime now = clock_.now();
  for (uint32_t ticks = 0; eviction.is_due() && ticks < 10 * kTorrents; ++ticks) {
    ASSERT_TRUE(log_.lines().empty());
    timers_.begin_pass(now += Eviction::kTick);
    timers_.fire();
  }
  EXPECT_EQ(log_.lines(),
            std::vector{std::string("2500 torrents that the list refuses have left the table")});
  EXPECT_FALSE(timers_.next());
}

TEST_F(EvictionTest, RemovesASingleRefusedTorrentAtOnce) {
  fill(2);
  list_even(2);
  eviction_.judge(hash_of(0));
  EXPECT_EQ(table_.torrents(), 2U);
  eviction_.judge(hash_of(1));
  EXPECT_EQ(table_.torrents(), 1U);
  EXPECT_EQ(scrape(hash_of(0)), (SwarmCounts{1, 1, 1}));
}

}  // namespace
}  // namespace ot
