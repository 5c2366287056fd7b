#include "census/last_recount.h"

#include <gtest/gtest.h>

#include "unit/net/loopback.h"
#include "unit/swarm/numbered.h"

namespace ot {
namespace {

using std::chrono::seconds;

class LastRecountTest : public testing::Test {
 protected:
  void announce(uint32_t torrent) {
    AnnounceRequest request;
    request.info_hash = numbered_hash(torrent, static_cast<uint8_t>(torrent));
    request.peer = endpoint4(1);
    Random random(1);
    table_.announce(request, table_.locate(request.info_hash), 0, 0, {}, random);
  }
  // Until so many walks have come to their end and told of it.
  bool walked(uint64_t times) {
    const bool done = loopback::pump(*loop_, [&] { return worker_->statistics().done == times; });
    loopback::settle(*loop_);
    return done;
  }
  void advance(Duration by) {
    clock_.advance(by);
    loopback::settle(*loop_);
  }

  ManualClock clock_;
  std::unique_ptr<EventLoop> loop_ = loopback::make_loop(clock_);
  TorrentTable table_{{}, SecretHash::from_seed(1)};
  std::unique_ptr<Worker> worker_ = std::move(Worker::create(clock_)).value();
  StatsWalks walks_{*loop_, *worker_, table_};
  LastRecount last_{*loop_, walks_};
};

TEST_F(LastRecountTest, HasNothingForTheFirstWhoAsksAndThenWhatWasFound) {
  announce(1);
  EXPECT_FALSE(last_.get());
  EXPECT_FALSE(last_.get()) << "and does not begin a second walk";
  ASSERT_TRUE(walked(1));
  const auto recount = last_.get();
  ASSERT_TRUE(recount);
  EXPECT_EQ(recount->findings->torrents, 1U);
  EXPECT_EQ(recount->age, seconds(0));
}

TEST_F(LastRecountTest, WalksAgainOnlyForWhoAsksWhenItIsNoLongerFresh) {
  (void)last_.get();
  ASSERT_TRUE(walked(1));
  announce(1);
  advance(LastRecount::kFresh - seconds(1));
  EXPECT_EQ(last_.get()->findings->torrents, 0U);
  EXPECT_EQ(worker_->statistics().waiting, 0U);
  advance(seconds(1));
  EXPECT_EQ(last_.get()->age, LastRecount::kFresh) << "shown while the next walk is on its way";
  ASSERT_TRUE(walked(2));
  EXPECT_EQ(last_.get()->findings->torrents, 1U);
}

TEST_F(LastRecountTest, ForgetsWhatIsStale) {
  (void)last_.get();
  ASSERT_TRUE(walked(1));
  advance(LastRecount::kStale);
  EXPECT_FALSE(last_.get());
  ASSERT_TRUE(walked(2));
  EXPECT_TRUE(last_.get());
}

}  // namespace
}  // namespace ot
