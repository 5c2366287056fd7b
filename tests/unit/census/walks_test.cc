#include "census/walks.h"

#include <gtest/gtest.h>

#include <thread>

#include "unit/net/loopback.h"
#include "unit/swarm/numbered.h"

namespace ot {
namespace {

// Occupies the worker until let go.
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

class StatsWalksTest : public testing::Test {
 protected:
  void announce(uint32_t torrent, uint32_t peer, Random& random) {
    AnnounceRequest request;
    request.info_hash = numbered_hash(torrent, static_cast<uint8_t>(torrent));
    request.peer = endpoint4(peer);
    table_.announce(request, table_.locate(request.info_hash), 0, 0, {}, random);
  }
  // Counts the deliveries and keeps the last number of torrents.
  StatsWalks::Deliver delivery() {
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
  StatsWalks walks_{*loop_, *worker_, table_};
  int delivered_ = 0;
  uint64_t torrents_ = 0;
  Random random_{1};
};

TEST_F(StatsWalksTest, ShareOneWalkAmongAllWhoAskMeanwhile) {
  announce(1, 1, random_);
  std::vector<StatsWalks::Ticket> tickets;
  for (int i = 0; i < 5; ++i) tickets.push_back(walks_.ask(WalkKind::recount, delivery()));
  EXPECT_LE(worker_->statistics().waiting, 2U);
  open_ = true;
  ASSERT_TRUE(wait_for_deliveries(5));
  EXPECT_EQ(torrents_, 1U);
  EXPECT_EQ(worker_->statistics().done, 2U);
}

TEST_F(StatsWalksTest, WalkAnewForWhoAsksAfterTheEnd) {
  open_ = true;
  const auto first = walks_.ask(WalkKind::recount, delivery());
  ASSERT_TRUE(wait_for_deliveries(1));
  EXPECT_EQ(torrents_, 0U);
  announce(1, 1, random_);
  const auto second = walks_.ask(WalkKind::recount, delivery());
  ASSERT_TRUE(wait_for_deliveries(2));
  EXPECT_EQ(torrents_, 1U);
}

TEST_F(StatsWalksTest, PauseBetweenTwoOfAKindAndShareTheSecondToo) {
  open_ = true;
  const auto first = walks_.ask(WalkKind::recount, delivery());
  ASSERT_TRUE(wait_for_deliveries(1));
  const MonotonicTime end = loop_->now();
  std::vector<StatsWalks::Ticket> tickets;
  for (int i = 0; i < 5; ++i) tickets.push_back(walks_.ask(WalkKind::recount, delivery()));
  ASSERT_TRUE(wait_for_deliveries(6));
  EXPECT_GE(loop_->now() - end, StatsWalks::kPause);
  EXPECT_EQ(worker_->statistics().done, 3U) << "the blocker and two walks";
}

TEST_F(StatsWalksTest, DeliverNothingToWhoHasLeftAndAllToTheOthers) {
  auto leaver = walks_.ask(WalkKind::recount, [](auto*) { ADD_FAILURE() << "has left"; });
  const auto stayer = walks_.ask(WalkKind::recount, delivery());
  leaver.reset();
  open_ = true;
  ASSERT_TRUE(wait_for_deliveries(1));
}

TEST_F(StatsWalksTest, MayBeAskedAgainAndLeftFromADelivery) {
  StatsWalks::Ticket other;
  StatsWalks::Ticket next;
  const auto first = walks_.ask(WalkKind::recount, [&](auto*) {
    other.reset();
    next = walks_.ask(WalkKind::recount, delivery());
  });
  other = walks_.ask(WalkKind::recount, [](auto*) { ADD_FAILURE() << "has left"; });
  open_ = true;
  ASSERT_TRUE(wait_for_deliveries(1));
}

TEST_F(StatsWalksTest, TakeNoMoreAskersThanTheyPromise) {
  std::vector<StatsWalks::Ticket> tickets;
  for (size_t i = 0; i < StatsWalks::kMaxAskers; ++i) {
    tickets.push_back(walks_.ask(WalkKind::recount, delivery()));
    ASSERT_NE(tickets.back(), nullptr);
  }
  EXPECT_EQ(walks_.ask(WalkKind::recount, delivery()), nullptr);
  EXPECT_NE(walks_.ask(WalkKind::top_torrents, delivery()), nullptr);
  tickets.pop_back();
  EXPECT_NE(walks_.ask(WalkKind::recount, delivery()), nullptr);
  open_ = true;
}

TEST_F(StatsWalksTest, AreRightWhileAnnouncesGoOn) {
  open_ = true;
  for (uint32_t torrent = 0; torrent < 100; ++torrent) announce(torrent, 1, random_);
  const std::jthread announcer([this](const std::stop_token& enough) {
    Random random(7);
    while (!enough.stop_requested()) announce(100 + random.below(3000), random.below(5000), random);
  });
  for (int round = 1; round <= 5; ++round) {
    const auto recount = walks_.ask(WalkKind::recount, delivery());
    const auto networks = walks_.ask(WalkKind::busiest_networks, [](auto* findings) {
      ASSERT_NE(findings, nullptr);
      EXPECT_FALSE(findings->networks24.empty());
    });
    const auto top = walks_.ask(WalkKind::top_torrents, [](auto* findings) {
      ASSERT_NE(findings, nullptr);
      EXPECT_EQ(findings->by_peers.size(), WalkFindings::kRankedTorrents);
    });
    ASSERT_TRUE(wait_for_deliveries(round));
    EXPECT_GE(torrents_, 100U);
  }
}

}  // namespace
}  // namespace ot
