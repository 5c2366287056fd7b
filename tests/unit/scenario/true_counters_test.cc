// Counters after days of peers coming and going: they say what the clients did, they agree with a
// walk over the table, and no download is counted twice.
#include <map>

#include "unit/scenario/simulated_clients.h"

namespace ot {
namespace {

using std::chrono::hours;
using std::chrono::minutes;

class TrueCounters : public ScenarioTest {
 protected:
  void expect_recount_equals_what_is_kept() {
    const WalkFindings walked = tracker_.recount();
    const TableTotals kept = tracker_.table.totals();
    EXPECT_EQ(walked.torrents, kept.torrents);
    EXPECT_EQ(walked.torrents, tracker_.table.torrents());
    EXPECT_EQ(walked.peers, kept.peers);
    EXPECT_EQ(walked.peers, tracker_.table.peers());
    EXPECT_EQ(walked.seeders, kept.seeders);
    uint64_t torrents = 0;
    for (const uint64_t row : walked.swarm_sizes) torrents += row;
    EXPECT_EQ(torrents, walked.torrents);
  }
  [[nodiscard]] uint64_t announces(Wire wire, Family family) const {
    const Transport transport = wire == Wire::udp ? Transport::udp : Transport::tcp;
    return tracker_.statistics.actions(transport, family, Action::announce);
  }
};

TEST_F(TrueCounters, APeerThatCompletesTwiceHasCompletedOnce) {
  const auto completes = [this](uint64_t left, Wire wire) {
    clients_.announce({.peer = peer4(1), .event = kCompleted, .left = left, .over = wire});
  };
  completes(1, Wire::http);
  EXPECT_EQ(tracker_.statistics.completed(), 0U) << "it still has bytes to download";
  completes(0, Wire::http);
  completes(0, Wire::http);
  completes(0, Wire::udp);
  tracker_.advance(minutes(30));
  completes(0, Wire::udp);
  EXPECT_EQ(tracker_.statistics.completed(), 1U);
  EXPECT_EQ(clients_.scrape().downloaded, 1U);
  EXPECT_EQ(tracker_.recount().downloaded, 1U);
}

TEST_F(TrueCounters, ASeederThatReportsNoCompletionHasNotCompleted) {
  clients_.announce({.peer = peer4(1), .event = kStarted, .left = 0});
  clients_.announce({.peer = peer4(1), .left = 0});
  EXPECT_EQ(tracker_.statistics.completed(), 0U);
  EXPECT_EQ(tracker_.recount().downloaded, 0U);
}

TEST_F(TrueCounters, DownloadsOfAllTorrentsAddUpToTheCompletions) {
  for (uint32_t i = 0; i < 300; ++i) {
    clients_.announce({.peer = i % 3 == 0 ? peer6(i) : peer4(i),
                       .event = kCompleted,
                       .left = 0,
                       .info_hash = numbered_hash(i % 7),
                       .over = i % 2 == 0 ? Wire::http : Wire::udp});
  }
  EXPECT_EQ(tracker_.statistics.completed(), 300U);
  EXPECT_EQ(tracker_.recount().downloaded, 300U);
  tracker_.advance(hours(2));
  EXPECT_EQ(tracker_.recount().peers, 0U);
  EXPECT_EQ(tracker_.recount().downloaded, 300U) << "they outlast the peers";
}

TEST_F(TrueCounters, AgreeThroughHoursOfComingAndGoing) {
  Random random(5);
  std::map<std::pair<Wire, Family>, uint64_t> asked;
  for (int step = 0; step < 60; ++step) {
    for (int i = 0; i < 100; ++i) {
      const Wire wire = random.below(2) == 0 ? Wire::http : Wire::udp;
      const Endpoint peer =
          random.below(3) == 0 ? peer6(random.below(200)) : peer4(random.below(200));
      clients_.announce({.peer = peer,
                         .event = static_cast<AnnounceEvent>(random.below(5)),
                         .left = random.below(2),
                         .numwant = 0,
                         .info_hash = numbered_hash(random.below(400)),
                         .over = wire});
      ++asked[{wire, peer.address.family()}];
    }
    tracker_.advance(minutes(4), std::chrono::seconds(10));
    expect_recount_equals_what_is_kept();
    if (HasFailure()) FAIL() << "in step " << step;
  }
  EXPECT_GT(tracker_.expiry.counters().peers, 0U);
  for (const auto& [key, count] : asked) EXPECT_EQ(announces(key.first, key.second), count);
}

}  // namespace
}  // namespace ot
