// What the table takes in from before a restart.
#include <gtest/gtest.h>

#include "swarm/torrent_table.h"
#include "unit/swarm/numbered.h"

namespace ot {
namespace {

constexpr Minute kNow = 100'000;
constexpr uint32_t kDay = 24 * 60;

class TableRestoreTest : public testing::Test {
 protected:
  Restored restore(uint32_t number, const TorrentPast& past, Minute now = kNow) {
    const InfoHash hash = numbered_hash(number);
    return table_.restore_torrent(hash, table_.locate(hash), past, now);
  }
  SwarmCounts announce(uint32_t number, Minute now, bool seeding = false,
                       AnnounceEvent event = AnnounceEvent::none) {
    AnnounceRequest request;
    request.info_hash = numbered_hash(number);
    request.peer = endpoint4(1);
    request.seeding = seeding;
    request.event = event;
    return table_.announce(request, table_.locate(request.info_hash), 0, now, {}, random_).swarm;
  }
  SwarmCounts scrape(uint32_t number, Minute now = kNow) {
    return table_.scrape(numbered_hash(number), table_.locate(numbered_hash(number)), now);
  }
  uint64_t sweep(Minute now) {
    uint64_t gone = 0;
    SweepCursor cursor;
    do gone += table_.sweep(cursor, now, 1'000'000).torrents_expired;
    while (cursor != SweepCursor{});
    return gone;
  }

  TorrentTable table_{{}, SecretHash::from_seed(1)};
  Random random_{1};
};

TEST_F(TableRestoreTest, BringsATorrentBackWithItsDownloads) {
  EXPECT_EQ(restore(1, {17, 3}), Restored::added);
  EXPECT_EQ(scrape(1), (SwarmCounts{0, 0, 17}));
  EXPECT_EQ(table_.torrents(), 1U);
  EXPECT_EQ(table_.totals().torrents, 1U);
  EXPECT_EQ(table_.peers(), 0U);
}

TEST_F(TableRestoreTest, AnnouncesCountOnFromTheRestoredDownloads) {
  restore(1, {17, 3});
  EXPECT_EQ(announce(1, kNow, true, AnnounceEvent::completed), (SwarmCounts{1, 0, 18}));
}

TEST_F(TableRestoreTest, RestoringTwiceRaisesNoCount) {
  restore(1, {17, 3});
  EXPECT_EQ(restore(1, {17, 3}), Restored::merged);
  EXPECT_EQ(restore(1, {5, 2}), Restored::merged);
  EXPECT_EQ(scrape(1).downloaded, 17U);
  restore(1, {20, 900});
  EXPECT_EQ(scrape(1).downloaded, 20U);
  EXPECT_EQ(table_.torrents(), 1U);
}

TEST_F(TableRestoreTest, LeavesPeersThatAreThereAlone) {
  announce(1, kNow);
  EXPECT_EQ(restore(1, {17, 3}), Restored::merged);
  EXPECT_EQ(scrape(1), (SwarmCounts{0, 1, 17}));
}

TEST_F(TableRestoreTest, ForgetsATorrentWhenItWouldHaveBeenForgottenAnyway) {
  EXPECT_EQ(restore(1, {17, 0}), Restored::added);
  EXPECT_EQ(restore(2, {17, kDay}), Restored::added);
  EXPECT_EQ(restore(3, {0, kDay}), Restored::added);
  EXPECT_EQ(restore(4, {17, kDay + 1}), Restored::too_old);
  EXPECT_EQ(restore(5, {17, UINT32_MAX}), Restored::too_old);
  EXPECT_EQ(table_.torrents(), 3U);
  EXPECT_EQ(sweep(kNow), 0U);
  EXPECT_EQ(sweep(kNow + 1), 2U);
  EXPECT_EQ(sweep(kNow + kDay), 0U);
  EXPECT_EQ(sweep(kNow + kDay + 1), 1U);
  EXPECT_EQ(table_.torrents(), 0U);
}

TEST_F(TableRestoreTest, TheLaterOfTwoAnnouncesCounts) {
  restore(1, {17, 100});
  restore(1, {17, 10});
  restore(1, {17, 50});
  EXPECT_EQ(sweep(kNow - 10 + kDay), 0U);
  EXPECT_EQ(sweep(kNow - 10 + kDay + 1), 1U);
}

// On a machine that has just started, the last announce was before the clock's zero.
TEST_F(TableRestoreTest, TheLastAnnounceMayBeOlderThanTheClock) {
  EXPECT_EQ(restore(1, {17, 600}, 2), Restored::added);
  EXPECT_EQ(sweep(2 + kDay - 600), 0U);
  EXPECT_EQ(sweep(2 + kDay - 600 + 1), 1U);
}

TEST_F(TableRestoreTest, KeepsATorrentWithoutDownloadsUntilItIsTouched) {
  restore(1, {0, 3});
  EXPECT_EQ(sweep(kNow), 0U);
  EXPECT_EQ(table_.torrents(), 1U);
  EXPECT_EQ(scrape(1), SwarmCounts{});
  EXPECT_EQ(table_.torrents(), 0U);
}

TEST(TableRestore, StaysWithinItsMemoryLimit) {
  constexpr uint64_t kMemory = 16 << 20;
  TableOptions options;
  options.max_memory = kMemory;
  TorrentTable table(options, SecretHash::from_seed(1));
  table.expect(1'000'000);
  EXPECT_EQ(table.totals().bytes, 0U) << "an estimate does not use up the memory";
  uint32_t added = 0;
  for (uint32_t i = 0; i < 300'000; ++i) {
    const InfoHash hash = numbered_hash(i, static_cast<uint8_t>(i));
    const Restored restored = table.restore_torrent(hash, table.locate(hash), {1, 0}, kNow);
    added += restored == Restored::added ? 1U : 0U;
    EXPECT_NE(restored, Restored::merged);
  }
  EXPECT_EQ(table.torrents(), added);
  EXPECT_GT(added, kMemory / 64 * 3 / 4);
  EXPECT_LE(table.totals().bytes, kMemory);
}

// Three passes of the sweep, a minute each, give back what is not used.
TEST(TableRestore, GivesBackMemoryThatTheExpectedTorrentsDoNotUse) {
  TorrentTable table({}, SecretHash::from_seed(1));
  table.expect(1'000'000);
  const uint64_t expected = table.totals().bytes;
  EXPECT_GT(expected, uint64_t{64'000'000});
  const InfoHash hash = numbered_hash(1);
  table.restore_torrent(hash, table.locate(hash), {1, 0}, kNow);
  SweepCursor cursor;
  for (size_t i = 0; i < 3 * TorrentTable::kShards; ++i) table.sweep(cursor, kNow, 2000);
  EXPECT_LT(table.totals().bytes, expected / 8);
  EXPECT_EQ(table.torrents(), 1U);
}

TEST_F(TableRestoreTest, TheLargestCountDoesNotWrap) {
  restore(1, {UINT32_MAX, 0});
  EXPECT_EQ(announce(1, kNow, true, AnnounceEvent::completed).downloaded, UINT32_MAX);
}

}  // namespace
}  // namespace ot
