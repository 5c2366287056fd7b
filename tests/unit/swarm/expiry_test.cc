#include "swarm/expiry.h"

#include <gtest/gtest.h>

#include "unit/swarm/numbered.h"

namespace ot {
namespace {

using std::chrono::hours;
using std::chrono::microseconds;
using std::chrono::minutes;

// A clock on which each look takes time, as if what is done between two looks did.
class SlowClock final : public Clock {
 public:
  explicit SlowClock(Duration look) : look_(look) {}

  [[nodiscard]] MonotonicTime now() const override { return now_ += look_; }
  [[nodiscard]] WallTime wall_time() const override { return {}; }
  void advance(Duration by) { now_ += by; }

 private:
  const Duration look_;
  mutable MonotonicTime now_{hours(1)};
};

class ExpiryTest : public testing::Test {
 protected:
  // A torrent in each shard, with one peer.
  void fill(MonotonicTime now) {
    Random random(1);
    for (uint32_t shard = 0; shard < TorrentTable::kShards; ++shard) {
      AnnounceRequest request;
      request.info_hash = numbered_hash(shard, static_cast<uint8_t>(shard >> 2U));
      request.info_hash.bytes[1] = static_cast<uint8_t>(shard << 6U);
      request.peer = endpoint4(shard);
      table_.announce(request, table_.locate(request.info_hash), 0, minute_of(now), {}, random);
    }
  }
  static void pass(Expiry& expiry, ManualClock& clock, Duration time) {
    for (Duration passed{0}; passed < time; passed += Expiry::kTick) {
      clock.advance(Expiry::kTick);
      expiry.step();
    }
  }

  TorrentTable table_{{}, SecretHash::from_seed(1)};
};

TEST_F(ExpiryTest, SweepsTheWholeTableOnceARound) {
  ManualClock clock;
  Expiry expiry(table_, clock);
  fill(clock.now());
  pass(expiry, clock, minutes(45));
  EXPECT_EQ(table_.peers(), TorrentTable::kShards);
  EXPECT_EQ(expiry.counters().rounds, 45U);
  EXPECT_EQ(expiry.counters().peers, 0U);
  pass(expiry, clock, 2 * Expiry::kRound);
  EXPECT_EQ(table_.peers(), 0U);
  EXPECT_EQ(expiry.counters().rounds, 47U);
  EXPECT_EQ(expiry.counters().peers, TorrentTable::kShards);
  EXPECT_EQ(expiry.counters().torrents, TorrentTable::kShards);
}

TEST_F(ExpiryTest, SpreadsARoundEvenly) {
  ManualClock clock;
  fill(clock.now());
  clock.advance(hours(1));
  Expiry expiry(table_, clock);
  for (int quarter = 1; quarter < 4; ++quarter) {
    pass(expiry, clock, Expiry::kRound / 4);
    EXPECT_NEAR(static_cast<double>(expiry.counters().peers), 256.0 * quarter, 2.0);
  }
}

TEST_F(ExpiryTest, StopsWhenItsTimeIsUpAndCatchesUpLater) {
  SlowClock clock(microseconds(100));
  fill(clock.now());
  clock.advance(hours(1));
  Expiry expiry(table_, clock);
  clock.advance(Expiry::kRound);
  expiry.step();
  // Two looks are within a quarter of a millisecond, the third is not.
  EXPECT_EQ(expiry.counters().peers, 3U);
  uint32_t steps = 1;
  for (; table_.peers() != 0 && steps < 1000; ++steps) expiry.step();
  EXPECT_EQ(steps, (TorrentTable::kShards + 2) / 3);
}

TEST_F(ExpiryTest, SweepsTheTableOnlyOnceAfterALongPause) {
  ManualClock clock;
  Expiry expiry(table_, clock);
  clock.advance(hours(10));
  expiry.step();
  EXPECT_EQ(expiry.counters().rounds, 1U);
  expiry.step();
  EXPECT_EQ(expiry.counters().rounds, 1U);
}

}  // namespace
}  // namespace ot
