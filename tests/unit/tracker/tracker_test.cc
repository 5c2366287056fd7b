#include "tracker/tracker.h"

#include <gtest/gtest.h>

#include <map>

#include "tracker/statistics.h"
#include "unit/frontend/datagrams.h"

namespace ot {
namespace {

using std::chrono::seconds;

class TrackerTest : public testing::Test {
 protected:
  AnnounceReply announce(Tracker& tracker, const AnnounceRequest& request) {
    return tracker
        .announce(request, tracker.prepare(request.info_hash), tracker.numwant(request),
                  clock_.now(), {v4_, v6_})
        .value();
  }
  static AnnounceRequest leecher(uint16_t port, std::optional<uint32_t> numwant = std::nullopt) {
    AnnounceRequest request;
    request.info_hash = numbered_hash(1);
    request.peer = endpoint("192.0.2.1:" + std::to_string(port));
    request.numwant = numwant;
    return request;
  }
  Tracker tracker_with(const TrackerPolicy& policy) {
    return {writer_, access_, policy, statistics_, Random(7)};
  }

  ManualClock clock_;
  TorrentTable table_{{}, SecretHash::from_seed(1)};
  SoleWriter writer_{table_};
  AccessControl access_{AccessMode::open, SecretHash({1, 2, 3, 4, 5, 6})};
  Statistics statistics_;
  Bytes v4_ = Bytes(1000 * kCompactPeer4);
  Bytes v6_ = Bytes(1000 * kCompactPeer6);
};

TEST_F(TrackerTest, EverySecondWithinHalfTheJitterIsEquallyLikely) {
  TrackerPolicy policy;
  policy.interval = seconds(1000);
  policy.interval_jitter = seconds(20);
  Tracker tracker = tracker_with(policy);
  constexpr int kEach = 500;
  std::map<seconds, int> seen;
  for (int i = 0; i < 21 * kEach; ++i) ++seen[announce(tracker, leecher(1)).interval];
  EXPECT_EQ(seen.size(), 21U);
  EXPECT_EQ(seen.begin()->first, seconds(990));
  EXPECT_EQ(seen.rbegin()->first, seconds(1010));
  for (const auto& [interval, times] : seen) {
    EXPECT_NEAR(times, kEach, 120) << interval.count();  // more than five sigma
  }
}

TEST_F(TrackerTest, StaysWithinTheBoundsOfAnOddJitter) {
  TrackerPolicy policy;
  policy.interval = seconds(100);
  policy.interval_jitter = seconds(5);
  Tracker tracker = tracker_with(policy);
  std::map<seconds, int> seen;
  for (int i = 0; i < 1000; ++i) ++seen[announce(tracker, leecher(1)).interval];
  EXPECT_EQ(seen.begin()->first, seconds(98));
  EXPECT_EQ(seen.rbegin()->first, seconds(102));
}

TEST_F(TrackerTest, AnswersTheIntervalItselfWithoutJitter) {
  TrackerPolicy policy;
  policy.interval_jitter = seconds(0);
  Tracker tracker = tracker_with(policy);
  for (int i = 0; i < 100; ++i) EXPECT_EQ(announce(tracker, leecher(1)).interval, policy.interval);
}

TEST_F(TrackerTest, AnswersTheMinimalIntervalOfThePolicy) {
  TrackerPolicy policy;
  policy.min_interval = seconds(77);
  Tracker tracker = tracker_with(policy);
  EXPECT_EQ(announce(tracker, leecher(1)).min_interval, seconds(77));
}

TEST_F(TrackerTest, GivesTheDefaultNumberOfPeersUnlessAskedAndNeverMoreThanTheMaximum) {
  TrackerPolicy policy;
  policy.numwant_default = 5;
  policy.numwant_max = 9;
  Tracker tracker = tracker_with(policy);
  for (uint16_t port = 1; port <= 30; ++port) (void)announce(tracker, leecher(port));
  const std::map<std::optional<uint32_t>, size_t> expected{
      {std::nullopt, 5}, {0, 0}, {1, 1}, {8, 8}, {9, 9}, {10, 9}, {UINT32_MAX, 9}};
  for (const auto& [numwant, peers] : expected) {
    EXPECT_EQ(tracker.numwant(leecher(1, numwant)), peers);
    EXPECT_EQ(announce(tracker, leecher(1, numwant)).v4_bytes, peers * kCompactPeer4);
  }
}

TEST_F(TrackerTest, CapsADefaultThatIsAboveTheMaximum) {
  TrackerPolicy policy;
  policy.numwant_default = 50;
  policy.numwant_max = 10;
  EXPECT_EQ(tracker_with(policy).numwant(leecher(1)), 10U);
}

TEST_F(TrackerTest, GivesNoMorePeersThanTheBufferHolds) {
  Tracker tracker = tracker_with({});
  for (uint16_t port = 1; port <= 30; ++port) (void)announce(tracker, leecher(port));
  v4_.resize(3 * kCompactPeer4 + 5);
  EXPECT_EQ(announce(tracker, leecher(1, 20)).v4_bytes, 3 * kCompactPeer4);
}

// Keeps what it is told.
class Listener final : public AnnounceObserver {
 public:
  void on_announce(const AnnounceRequest& request, const AnnounceOutcome& outcome) override {
    requests.push_back(request);
    outcomes.push_back(outcome);
  }

  std::vector<AnnounceRequest> requests;
  std::vector<AnnounceOutcome> outcomes;
};

TEST_F(TrackerTest, TellsItsObserverOfEachAnnounceThatIsAnswered) {
  Listener listener;
  Tracker tracker(writer_, access_, {}, listener, Random(7));
  (void)announce(tracker, leecher(1, 0));
  clock_.advance(std::chrono::minutes(31));
  (void)announce(tracker, leecher(1, 0));
  AnnounceRequest stop = leecher(2, 0);
  stop.event = AnnounceEvent::stopped;
  (void)tracker.announce_ahead(stop, tracker.prepare(stop.info_hash), clock_.now(), {});
  tracker.finish();
  ASSERT_EQ(listener.outcomes.size(), 3U);
  EXPECT_EQ(listener.outcomes[0].change, PeerChange::added);
  EXPECT_EQ(listener.outcomes[1].change, PeerChange::renewed);
  EXPECT_EQ(listener.outcomes[1].minutes_silent, 31);
  EXPECT_EQ(listener.outcomes[2].change, PeerChange::unknown);
  EXPECT_EQ(listener.requests[1].peer, leecher(1).peer);
  EXPECT_EQ(listener.requests[2].event, AnnounceEvent::stopped);
}

TEST_F(TrackerTest, DoesNotTellItOfWhatGoesStraightToTheTable) {
  Listener listener;
  Tracker tracker(writer_, access_, {}, listener, Random(7));
  const AnnounceRequest request = leecher(1);
  Random random(1);
  const Minute now = minute_of(clock_.now());
  table_.announce(request, table_.locate(request.info_hash), 0, now, {}, random);
  EXPECT_EQ(tracker.scrape(request.info_hash, clock_.now()).leechers, 1U);
  EXPECT_TRUE(listener.outcomes.empty());
}

TEST_F(TrackerTest, StatisticsCountWhatBecameOfAnnounces) {
  Tracker tracker = tracker_with({});
  AnnounceRequest request = leecher(1);
  (void)announce(tracker, request);
  clock_.advance(std::chrono::minutes(3));
  request.event = AnnounceEvent::completed;
  request.seeding = true;
  (void)announce(tracker, request);
  EXPECT_EQ(statistics_.renewed(3), 1U);
  EXPECT_EQ(statistics_.completed(), 1U);
}

TEST_F(TrackerTest, ScrapesCountsOfAKnownTorrentAndZerosOfAnUnknownOne) {
  Tracker tracker = tracker_with({});
  (void)announce(tracker, leecher(1));
  AnnounceRequest seeder = leecher(2);
  seeder.seeding = true;
  seeder.event = AnnounceEvent::completed;
  (void)announce(tracker, seeder);
  EXPECT_EQ(tracker.scrape(numbered_hash(1), clock_.now()), (SwarmCounts{1, 1, 1}));
  EXPECT_EQ(tracker.scrape(numbered_hash(2), clock_.now()), SwarmCounts{});
}

}  // namespace
}  // namespace ot
