// A swarm over time: when peers are in it, are counted, and are forgotten.
#include "unit/scenario/simulated_clients.h"

namespace ot {
namespace {

using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;

// Ages count in whole minutes and a sweep of the table takes one, so a peer may stay that much
// longer than promised.
constexpr Duration kSlack = minutes(2) + seconds(5);

class SwarmLife : public ScenarioTest {};

TEST_F(SwarmLife, ASwarmIsBornCompletesSeedsAndDies) {
  for (const Wire wire : {Wire::http, Wire::udp}) {
    OfflineTracker tracker;
    SimulatedClients clients(tracker);
    const auto say = [&](uint32_t peer, AnnounceEvent event, uint64_t left) {
      return clients.announce({.peer = peer4(peer), .event = event, .left = left, .over = wire});
    };
    Told told = say(1, kStarted, 0);
    EXPECT_EQ(told.seeders, 1);
    EXPECT_TRUE(told.peers.empty());
    told = say(2, kStarted, 1000);
    EXPECT_EQ(told.peer_set(), (std::set{peer4(1)}));
    tracker.advance(told.interval);
    EXPECT_EQ(say(1, AnnounceEvent::none, 0).peer_set(), (std::set{peer4(2)}));
    told = say(2, kCompleted, 0);
    EXPECT_EQ(told.seeders, 2);
    EXPECT_EQ(told.leechers, 0);
    EXPECT_EQ(clients.scrape(), (SwarmCounts{2, 0, 1}));
    told = say(1, kStopped, 0);
    EXPECT_EQ(told.seeders, 1);
    EXPECT_TRUE(told.peers.empty()) << "a peer that leaves gets no peers";
    say(2, kStopped, 0);
    EXPECT_EQ(clients.scrape(), (SwarmCounts{0, 0, 1})) << "the download is remembered";
    EXPECT_EQ(tracker.table.peers(), 0U);
    EXPECT_EQ(tracker.table.torrents(), 1U);
  }
}

TEST_F(SwarmLife, APeerThatGoesSilentLeavesAfterItsTimeoutAndNotBefore) {
  join(1, 1, 1);
  tracker_.advance(minutes(45));
  EXPECT_EQ(tracker_.table.peers(), 1U);
  EXPECT_EQ(clients_.scrape(), (SwarmCounts{0, 1, 0}));
  tracker_.advance(kSlack);
  EXPECT_EQ(tracker_.table.peers(), 0U) << "nobody had to ask for it";
  EXPECT_EQ(tracker_.table.torrents(), 0U);
}

TEST_F(SwarmLife, APeerThatKeepsAnnouncingStays) {
  join(1, 2, 1);
  for (int i = 0; i < 20; ++i) {
    tracker_.advance(minutes(33));
    clients_.announce({.peer = peer4(1)});
  }
  EXPECT_EQ(clients_.scrape(), (SwarmCounts{0, 1, 0}));
}

TEST_F(SwarmLife, APeerThatReturnsLateGetsNoStalePeers) {
  join(1, 3, 1);
  tracker_.advance(minutes(30));
  clients_.announce({.peer = peer4(1)});
  tracker_.clock.advance(minutes(16));  // the sweep sleeps: the touched torrent is cleaned anyway
  tracker_.loop->run_once(Duration::zero());
  const Told told = clients_.announce({.peer = peer4(9)});
  EXPECT_EQ(told.peer_set(), (std::set{peer4(1)}));
  EXPECT_EQ(told.leechers, 2);
}

TEST_F(SwarmLife, TheTimeoutIsTheConfiguredOne) {
  OfflineSettings settings;
  settings.table.peer_timeout = minutes(200);
  OfflineTracker tracker(settings);
  SimulatedClients clients(tracker);
  clients.announce({.peer = peer4(1)});
  tracker.advance(minutes(200));
  EXPECT_EQ(tracker.table.peers(), 1U);
  tracker.advance(kSlack);
  EXPECT_EQ(tracker.table.peers(), 0U);
}

TEST_F(SwarmLife, ATorrentWithDownloadsIsRememberedForADayAndNoLonger) {
  clients_.announce({.peer = peer4(1), .event = kCompleted, .left = 0});
  clients_.announce({.peer = peer4(1), .event = kStopped, .left = 0});
  tracker_.advance(hours(24) + seconds(59));  // the sweep has been there in the last minute
  EXPECT_EQ(clients_.scrape(), (SwarmCounts{0, 0, 1}));
  tracker_.advance(kSlack);
  EXPECT_EQ(clients_.scrape(), SwarmCounts{});
  EXPECT_EQ(tracker_.table.torrents(), 0U);
}

TEST_F(SwarmLife, ATorrentWithoutDownloadsGoesWithItsLastPeer) {
  join(1, 2, 1);
  clients_.announce({.peer = peer4(1), .event = kStopped});
  EXPECT_EQ(tracker_.table.torrents(), 1U);
  clients_.announce({.peer = peer4(2), .event = kStopped});
  EXPECT_EQ(tracker_.table.torrents(), 0U);
}

TEST_F(SwarmLife, StoppedFirstIsAnsweredAndLeavesNoTrace) {
  for (const Wire wire : {Wire::http, Wire::udp}) {
    const Told told = clients_.announce({.peer = peer4(1), .event = kStopped, .over = wire});
    EXPECT_EQ(told.seeders, 0);
    EXPECT_EQ(told.leechers, 0);
    EXPECT_TRUE(told.peers.empty());
    EXPECT_EQ(tracker_.table.torrents(), 0U);
  }
}

TEST_F(SwarmLife, ADownloadIsCountedOncePerPeer) {
  for (int i = 0; i < 3; ++i) clients_.announce({.peer = peer4(1), .event = kCompleted, .left = 0});
  EXPECT_EQ(clients_.scrape().downloaded, 1U);
  clients_.announce({.peer = peer4(2), .event = kCompleted, .left = 0});
  EXPECT_EQ(clients_.scrape().downloaded, 2U);
  EXPECT_EQ(tracker_.statistics.completed(), 2U);
}

TEST_F(SwarmLife, CompletedWithSomethingLeftIsNoDownload) {
  EXPECT_EQ(clients_.announce({.peer = peer4(1), .event = kCompleted, .left = 5}).leechers, 1);
  EXPECT_EQ(clients_.scrape(), (SwarmCounts{0, 1, 0}));
  clients_.announce({.peer = peer4(1), .event = kCompleted, .left = 0});
  EXPECT_EQ(clients_.scrape(), (SwarmCounts{1, 0, 1}));
}

TEST_F(SwarmLife, AStartedSeederIsNoDownload) {
  join(1, 3, 0);
  EXPECT_EQ(clients_.scrape(), (SwarmCounts{3, 0, 0}));
}

TEST_F(SwarmLife, APausedPeerCountsAsALeecher) {
  for (const Wire wire : {Wire::http, Wire::udp}) {
    clients_.announce({.peer = peer4(1), .event = kPaused, .left = 0, .over = wire});
    EXPECT_EQ(clients_.scrape(), (SwarmCounts{0, 1, 0}));
    clients_.announce({.peer = peer4(1), .left = 0, .over = wire});
    EXPECT_EQ(clients_.scrape(), (SwarmCounts{1, 0, 0}));
  }
}

TEST_F(SwarmLife, ASeederThatDropsDataBecomesALeecherAgain) {
  clients_.announce({.peer = peer4(1), .left = 0});
  EXPECT_EQ(clients_.announce({.peer = peer4(1), .left = 7}).leechers, 1);
  EXPECT_EQ(clients_.scrape(), (SwarmCounts{0, 1, 0}));
}

TEST_F(SwarmLife, AnAddressWithTwoPortsIsTwoPeers) {
  Endpoint other = peer4(1);
  other.port = 7000;
  clients_.announce({.peer = peer4(1)});
  EXPECT_EQ(clients_.announce({.peer = other}).peer_set(), (std::set{peer4(1)}));
  EXPECT_EQ(clients_.scrape().leechers, 2U);
}

// Stamps count minutes modulo 256 in peers and modulo 65536 in torrents.
TEST_F(SwarmLife, AgesAreRightWhereMinutesWrap) {
  for (const int64_t wrap : {256, 512, 65536}) {
    for (int64_t before = 1; before <= 45; before += 11) {
      OfflineTracker tracker;
      SimulatedClients clients(tracker);
      tracker.clock.advance(minutes(wrap - before) - tracker.clock.now().time_since_epoch());
      tracker.loop->run_once(Duration::zero());
      clients.announce({.peer = peer4(1), .event = kCompleted, .left = 0});
      tracker.advance(minutes(45), seconds(10));
      EXPECT_EQ(clients.scrape(), (SwarmCounts{1, 0, 1})) << wrap << " - " << before;
      tracker.advance(kSlack);
      EXPECT_EQ(clients.scrape(), (SwarmCounts{0, 0, 1})) << wrap << " - " << before;
    }
  }
}

TEST_F(SwarmLife, TorrentsAreRememberedForADayWhereMinutesWrap) {
  tracker_.clock.advance(minutes(65536 - 60) - tracker_.clock.now().time_since_epoch());
  tracker_.loop->run_once(Duration::zero());
  clients_.announce({.peer = peer4(1), .event = kCompleted, .left = 0});
  tracker_.advance(hours(24), seconds(10));
  EXPECT_EQ(clients_.scrape().downloaded, 1U);
  tracker_.advance(kSlack);
  EXPECT_EQ(tracker_.table.torrents(), 0U);
}

}  // namespace
}  // namespace ot
