#include "census/census.h"

#include <gtest/gtest.h>

#include <thread>

#include "unit/net/loopback.h"
#include "unit/swarm/numbered.h"

namespace ot {
namespace {

// Keeps the worker busy until `open`.
class Blocker final : public Job {
 public:
  explicit Blocker(const std::atomic<bool>& open) : open_(open) {}
  JobResult run(const JobWatch& watch) override {
    while (!open_.load() && !watch.is_cancelled()) std::this_thread::yield();
    return {};
  }
  void finish(const JobResult&) override {}

 private:
  const std::atomic<bool>& open_;
};

InfoHash hash_of(uint32_t torrent) { return numbered_hash(torrent, static_cast<uint8_t>(torrent)); }

class CensusTest : public testing::Test {
 protected:
  void announce(uint32_t torrent, uint32_t peer, Random& random) {
    AnnounceRequest request;
    request.info_hash = hash_of(torrent);
    request.peer = endpoint4(peer);
    table_.announce(request, table_.locate(request.info_hash), 0, 0, {}, random);
  }
  // Counts the deliveries and keeps the last number of torrents.
  Census::Deliver delivery() {
    return [this](const WalkFindings* findings) {
      ++delivered_;
      torrents_ = findings == nullptr ? 0 : findings->torrents;
    };
  }
  bool wait_for_deliveries(int count) {
    return loopback::pump(*loop_, [&] { return delivered_ >= count; });
  }

  SystemClock clock_;
  std::unique_ptr<EventLoop> loop_ = loopback::make_loop(clock_);
  TorrentTable table_{{}, SecretHash::from_seed(1)};
  std::atomic<bool> open_ = false;
  std::unique_ptr<Worker> worker_ = std::move(Worker::create(clock_)).value();
  JobTicket blocker_ = worker_->submit(*loop_, std::make_unique<Blocker>(open_));
  std::unique_ptr<Census> census_ = std::make_unique<Census>(*loop_, *worker_, table_);
  int delivered_ = 0;
  uint64_t torrents_ = 0;
  Random random_{1};
};

TEST_F(CensusTest, EveryoneWhoAsksBeforeAWalkEndsGetsItsFindings) {
  announce(1, 1, random_);
  for (int i = 0; i < 5; ++i) EXPECT_TRUE(census_->ask(WalkKind::recount, delivery()));
  EXPECT_LE(worker_->status().waiting, 2U);
  open_ = true;
  ASSERT_TRUE(wait_for_deliveries(5));
  EXPECT_EQ(torrents_, 1U);
  EXPECT_EQ(worker_->status().done, 2U);
}

TEST_F(CensusTest, ARequestAfterTheEndStartsAnotherWalk) {
  open_ = true;
  EXPECT_TRUE(census_->ask(WalkKind::recount, delivery()));
  ASSERT_TRUE(wait_for_deliveries(1));
  EXPECT_EQ(torrents_, 0U);
  announce(1, 1, random_);
  EXPECT_TRUE(census_->ask(WalkKind::recount, delivery()));
  ASSERT_TRUE(wait_for_deliveries(2));
  EXPECT_EQ(torrents_, 1U);
}

TEST_F(CensusTest, AWalkWaitsForThePauseAfterTheLastOneAndIsSharedToo) {
  open_ = true;
  EXPECT_TRUE(census_->ask(WalkKind::recount, delivery()));
  ASSERT_TRUE(wait_for_deliveries(1));
  const MonotonicTime end = loop_->now();
  for (int i = 0; i < 5; ++i) EXPECT_TRUE(census_->ask(WalkKind::recount, delivery()));
  ASSERT_TRUE(wait_for_deliveries(6));
  EXPECT_GE(loop_->now() - end, Census::kPause);
  EXPECT_EQ(worker_->status().done, 3U) << "the blocker and two walks";
}

TEST_F(CensusTest, NothingIsDeliveredAfterItHasGone) {
  EXPECT_TRUE(census_->ask(WalkKind::recount, [](auto*) { ADD_FAILURE() << "it is gone"; }));
  census_.reset();
  open_ = true;
  ASSERT_TRUE(loopback::pump(*loop_, [&] { return worker_->status().done == 1; }));
  loopback::settle(*loop_);
}

TEST_F(CensusTest, ADeliveryMayAskAgain) {
  EXPECT_TRUE(census_->ask(
      WalkKind::recount, [&](auto*) { EXPECT_TRUE(census_->ask(WalkKind::recount, delivery())); }));
  EXPECT_TRUE(census_->ask(WalkKind::recount, delivery()));
  open_ = true;
  ASSERT_TRUE(wait_for_deliveries(2));
}

TEST_F(CensusTest, AWalkHasABoundedNumberOfAskers) {
  for (size_t i = 0; i < Census::kMaxAskers; ++i)
    ASSERT_TRUE(census_->ask(WalkKind::recount, delivery()));
  EXPECT_FALSE(census_->ask(WalkKind::recount, delivery()));
  EXPECT_TRUE(census_->ask(WalkKind::top_torrents, delivery()));
  open_ = true;
  ASSERT_TRUE(wait_for_deliveries(static_cast<int>(Census::kMaxAskers) + 1));
  EXPECT_TRUE(census_->ask(WalkKind::recount, delivery()));
}

TEST_F(CensusTest, FindingsAreRightWhileAnnouncesGoOn) {
  open_ = true;
  for (uint32_t torrent = 0; torrent < 100; ++torrent) announce(torrent, 1, random_);
  const std::jthread announcer([this](const std::stop_token& enough) {
    Random random(7);
    while (!enough.stop_requested()) announce(100 + random.below(3000), random.below(5000), random);
  });
  for (int round = 1; round <= 5; ++round) {
    int others = 0;
    EXPECT_TRUE(census_->ask(WalkKind::recount, delivery()));
    EXPECT_TRUE(census_->ask(WalkKind::busiest_networks, [&others](auto* findings) {
      ++others;
      ASSERT_NE(findings, nullptr);
      EXPECT_FALSE(findings->networks24.empty());
    }));
    EXPECT_TRUE(census_->ask(WalkKind::top_torrents, [&others](auto* findings) {
      ++others;
      ASSERT_NE(findings, nullptr);
      EXPECT_EQ(findings->by_peers.size(), WalkFindings::kRankedTorrents);
    }));
    ASSERT_TRUE(loopback::pump(*loop_, [&] { return delivered_ == round && others == 2; }));
    EXPECT_GE(torrents_, 100U);
  }
}

using std::chrono::seconds;

class LastRecountTest : public testing::Test {
 protected:
  void announce(uint32_t torrent) {
    AnnounceRequest request;
    request.info_hash = hash_of(torrent);
    request.peer = endpoint4(1);
    Random random(1);
    table_.announce(request, table_.locate(request.info_hash), 0, 0, {}, random);
  }
  // Waits until that many walks have ended and been delivered.
  bool walked(uint64_t times) {
    const bool done = loopback::pump(*loop_, [&] { return worker_->status().done == times; });
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
  Census census_{*loop_, *worker_, table_};
};

TEST_F(LastRecountTest, TheFirstCallerGetsNothingAndTheNextTheFindings) {
  announce(1);
  EXPECT_FALSE(census_.last_recount());
  EXPECT_FALSE(census_.last_recount()) << "and no second walk begins";
  ASSERT_TRUE(walked(1));
  const auto recount = census_.last_recount();
  ASSERT_TRUE(recount);
  EXPECT_EQ(recount->findings->torrents, 1U);
  EXPECT_EQ(recount->age, seconds(0));
}

TEST_F(LastRecountTest, FindingsThatAreNotFreshStartANewWalk) {
  (void)census_.last_recount();
  ASSERT_TRUE(walked(1));
  announce(1);
  advance(Census::kFresh - seconds(1));
  EXPECT_EQ(census_.last_recount()->findings->torrents, 0U);
  EXPECT_EQ(worker_->status().waiting, 0U);
  EXPECT_FALSE(worker_->status().running_since);
  advance(seconds(1));
  EXPECT_EQ(census_.last_recount()->age, Census::kFresh) << "shown until the next walk ends";
  ASSERT_TRUE(walked(2));
  EXPECT_EQ(census_.last_recount()->findings->torrents, 1U);
}

TEST_F(LastRecountTest, StaleFindingsAreNotShown) {
  (void)census_.last_recount();
  ASSERT_TRUE(walked(1));
  advance(Census::kStale);
  EXPECT_FALSE(census_.last_recount());
  ASSERT_TRUE(walked(2));
  EXPECT_TRUE(census_.last_recount());
}

TEST_F(LastRecountTest, IsAlsoARecountThatSomebodyElseAskedFor) {
  announce(1);
  bool delivered = false;
  EXPECT_TRUE(census_.ask(WalkKind::recount, [&delivered](auto*) { delivered = true; }));
  ASSERT_TRUE(loopback::pump(*loop_, [&] { return delivered; }));
  ASSERT_TRUE(census_.last_recount());
  EXPECT_EQ(census_.last_recount()->findings->torrents, 1U);
  EXPECT_EQ(worker_->status().done, 1U);
}

}  // namespace
}  // namespace ot
