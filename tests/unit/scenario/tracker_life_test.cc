// The tracker as a whole: two wires on one table, limits, and a day of load.
#include <map>

#include "unit/scenario/simulated_clients.h"
#include "unit/swarm/naive_table.h"

namespace ot {
namespace {

using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;

class TrackerLife : public ScenarioTest {};

TEST_F(TrackerLife, UdpAndHttpSeeTheSameSwarm) {
  clients_.announce({.peer = peer4(1), .left = 0, .over = Wire::http});
  clients_.announce({.peer = peer4(2), .over = Wire::udp});
  clients_.announce({.peer = peer6(3), .over = Wire::udp});
  for (const Wire wire : {Wire::http, Wire::udp}) {
    const Told told = clients_.announce({.peer = peer4(4), .over = wire});
    EXPECT_EQ(told.seeders, 1);
    EXPECT_EQ(told.leechers, 3);
    std::set<Endpoint> expected{peer4(1), peer4(2)};
    if (wire == Wire::http) expected.insert(peer6(3));
    EXPECT_EQ(told.peer_set(), expected);
    EXPECT_EQ(clients_.scrape(numbered_hash(1), wire), (SwarmCounts{1, 3, 0}));
  }
  clients_.announce({.peer = peer4(4), .event = kStopped, .over = Wire::udp});
  EXPECT_EQ(clients_.scrape(numbered_hash(1), Wire::http).leechers, 2U);
}

TEST_F(TrackerLife, AConnectionIdLivesTenToFifteenMinutes) {
  const Endpoint from = peer4(1);
  const auto works = [&](uint64_t id) {
    const Bytes reply = tracker_.udp(from, udp_scrape(id, 1, {numbered_hash(1)}));
    return ByteReader(reply).read<uint32_t>() == kUdpScrape;
  };
  for (int phase = 0; phase < 10; ++phase) {
    tracker_.advance(seconds(31));
    const uint64_t id = tracker_.udp_connection_id(from);
    tracker_.advance(minutes(10));
    EXPECT_TRUE(works(id)) << phase;
    tracker_.advance(minutes(5));
    EXPECT_FALSE(works(id)) << phase;
  }
}

TEST_F(TrackerLife, AFullTableAnswersAndCountsWhatItDoesNotStore) {
  OfflineSettings settings;
  settings.table.max_peers = 10;
  OfflineTracker tracker(settings);
  SimulatedClients clients(tracker);
  for (uint32_t i = 1; i <= 10; ++i) clients.announce({.peer = peer4(i)});
  const Told told = clients.announce({.peer = peer4(11)});
  EXPECT_EQ(told.leechers, 10);
  EXPECT_EQ(told.peers.size(), 10U) << "it is served anyway";
  EXPECT_EQ(clients.announce({.peer = peer4(11), .info_hash = numbered_hash(2)}).leechers, 0);
  EXPECT_EQ(tracker.table.peers(), 10U);
  EXPECT_EQ(tracker.table.torrents(), 1U);
  EXPECT_EQ(tracker.statistics.not_stored(), 2U);
  clients.announce({.peer = peer4(1), .event = kStopped});
  EXPECT_EQ(clients.announce({.peer = peer4(11)}).leechers, 10) << "there is room again";
  EXPECT_EQ(tracker.statistics.not_stored(), 2U);
}

TEST_F(TrackerLife, ThousandsOfFakeHashesCostNothingOnceTheyAreStale) {
  tracker_.advance(minutes(1));
  const auto flood = [&] {
    for (uint32_t i = 0; i < 20'000; ++i) {
      clients_.announce({.peer = peer4(i % 100),
                         .event = kStarted,
                         .numwant = 0,
                         .info_hash = numbered_hash(i),
                         .over = Wire::udp});
    }
  };
  flood();
  EXPECT_EQ(tracker_.table.torrents(), 20'000U);
  tracker_.advance(minutes(48));
  EXPECT_EQ(tracker_.table.torrents(), 0U);
  EXPECT_EQ(tracker_.table.peers(), 0U);
  const uint64_t empty = tracker_.table.totals().bytes;
  flood();
  tracker_.advance(minutes(48));
  EXPECT_EQ(tracker_.table.totals().bytes, empty) << "the second flood leaves no more behind";
  EXPECT_LE(empty, 1024U * 2 * 4096) << "a page or two for each shard";
}

TEST_F(TrackerLife, StatisticsAgreeWithWhatClientsDid) {
  for (uint32_t i = 1; i <= 5; ++i) clients_.announce({.peer = peer4(i)});
  tracker_.advance(minutes(30));
  for (uint32_t i = 1; i <= 5; ++i)
    clients_.announce({.peer = peer4(i), .event = kCompleted, .left = 0, .over = Wire::udp});
  (void)clients_.scrape();
  EXPECT_EQ(tracker_.http(peer4(1), get("/stats")).body,
            "5\n5\nopentracker serving 1 torrents\nopentracker");
  const std::string everything = tracker_.everything();
  for (const std::string line : {"<count interval=\"30\">5</count>", "<scrape>1</scrape>",
                                 "<announce>5</announce>", "<connect>5</connect>"})
    EXPECT_NE(everything.find(line), std::string::npos) << line;
  EXPECT_EQ(tracker_.statistics.completed(), 5U);
}

// Does what clients do in a simulated minute, to the tracker over both wires and to the naive
// table.
class DayOfLoad {
 public:
  explicit DayOfLoad(uint64_t seed) : naive_({}), random_(seed) {}

  void pass_minute() {
    // Naive peers leave in the minute they time out; ours when the torrent is touched, or before.
    naive_.expire(minute_of(tracker_.loop->now()));
    for (int i = 0; i < 40; ++i) announce_one();
    tracker_.advance(minutes(1), seconds(5));
  }

  void expect_equal_to_recount() {
    naive_.expire(minute_of(tracker_.loop->now()));
    for (uint32_t i = 0; i < kTorrents; ++i) {
      const Wire wire = i % 2 == 0 ? Wire::http : Wire::udp;
      EXPECT_EQ(clients_.scrape(numbered_hash(i), wire),
                naive_.counts(naive_.find(numbered_hash(i))))
          << i;
    }
    const TableTotals recount = naive_.totals();
    const TableTotals totals = tracker_.table.totals();
    EXPECT_EQ(totals.torrents, recount.torrents);
    EXPECT_EQ(totals.peers, recount.peers);
    EXPECT_EQ(totals.seeders, recount.seeders);
    EXPECT_EQ(tracker_.table.torrents(), recount.torrents);
    EXPECT_EQ(tracker_.table.peers(), recount.peers);
    const WalkFindings walked = tracker_.recount();
    EXPECT_EQ(walked.torrents, recount.torrents);
    EXPECT_EQ(walked.peers, recount.peers);
    EXPECT_EQ(walked.seeders, recount.seeders);
  }

 private:
  static constexpr uint32_t kTorrents = 50;

  void announce_one() {
    // The product of two makes some torrents busy and many lonely.
    const uint32_t torrent = random_.below(kTorrents) * random_.below(kTorrents) / kTorrents;
    const uint32_t number = random_.below(150);
    Ask ask;
    ask.info_hash = numbered_hash(torrent);
    ask.peer = random_.below(4) == 0 ? peer6(number) : peer4(number);
    ask.event = static_cast<AnnounceEvent>(random_.below(5));
    ask.left = random_.below(2);
    ask.over = random_.below(2) == 0 ? Wire::http : Wire::udp;
    const Told told = clients_.announce(ask);
    AnnounceRequest request;
    request.info_hash = ask.info_hash;
    request.peer = ask.peer;
    request.event = ask.event;
    request.seeding = ask.left == 0;
    naive_.announce(request, minute_of(tracker_.loop->now()), NaiveTable::Full::by_limits);
    const SwarmCounts counts = naive_.counts(naive_.find(ask.info_hash));
    EXPECT_EQ(told.seeders, counts.seeders);
    EXPECT_EQ(told.leechers, counts.leechers);
    for (const Endpoint& peer : told.peers) expect_present(ask, peer);
  }
  void expect_present(const Ask& ask, const Endpoint& peer) {
    const NaiveTable::Swarm* swarm = naive_.find(ask.info_hash);
    EXPECT_TRUE(swarm != nullptr && swarm->peers.contains(peer)) << peer.to_string();
    EXPECT_NE(peer, ask.peer);
  }

  OfflineTracker tracker_;
  SimulatedClients clients_{tracker_};
  NaiveTable naive_;
  Random random_;
};

TEST(TrackerDay, CountsEqualARecountAfterADayOfLoad) {
  DayOfLoad day(11);
  for (int hour = 0; hour < 24; ++hour) {
    for (int minute = 0; minute < 60; ++minute) day.pass_minute();
    day.expect_equal_to_recount();
    if (testing::Test::HasFailure()) FAIL() << "in hour " << hour;
  }
}

}  // namespace
}  // namespace ot
