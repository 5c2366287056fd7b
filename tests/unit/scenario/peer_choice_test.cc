// Which peers a reply names.
#include "unit/scenario/simulated_clients.h"

namespace ot {
namespace {

// Seeders have numbers from here on.
constexpr uint32_t kSeeders = 10'000;

bool is_seeder(const Endpoint& peer) {
  const ByteView bytes = peer.address.bytes();
  return (uint32_t{bytes[bytes.size() - 2]} << 8U | bytes[bytes.size() - 1]) >= kSeeders;
}

size_t count_seeders(const Told& told) {
  return static_cast<size_t>(std::count_if(told.peers.begin(), told.peers.end(), is_seeder));
}

class PeerChoiceScenario : public ScenarioTest {
 protected:
  void seeders(uint32_t count, Endpoint (*peer)(uint32_t) = peer4) {
    join(kSeeders + 1, kSeeders + count, 0, peer);
  }
};

TEST_F(PeerChoiceScenario, ASeederGetsOnlyLeechersWhileThereAreEnough) {
  join(1, 60, 1);
  seeders(200);
  for (const Wire wire : {Wire::http, Wire::udp}) {
    const auto ask = [&](int numwant) {
      return clients_.announce(
          {.peer = peer4(kSeeders + 1), .left = 0, .numwant = numwant, .over = wire});
    };
    EXPECT_EQ(ask(60).peers.size(), 60U);
    EXPECT_EQ(count_seeders(ask(60)), 0U);
    EXPECT_EQ(count_seeders(ask(70)), 10U) << "the rest are seeders";
  }
}

TEST_F(PeerChoiceScenario, ASeederGetsNoSeedersOfTheOtherFamilyEither) {
  join(1, 60, 1);
  seeders(200, peer6);
  const Told told = clients_.announce({.peer = peer4(kSeeders + 1), .left = 0, .numwant = 40});
  EXPECT_EQ(told.peers.size(), 40U);
  EXPECT_EQ(count_seeders(told), 0U);
}

TEST_F(PeerChoiceScenario, ALeecherGetsBothKinds) {
  join(1, 100, 1);
  seeders(100);
  for (int i = 0; i < 20; ++i) {
    const size_t seeders = count_seeders(clients_.announce({.peer = peer4(1), .numwant = 40}));
    EXPECT_GE(seeders, 19U);
    EXPECT_LE(seeders, 21U);
  }
}

TEST_F(PeerChoiceScenario, LeechersStandBeforeSeeders) {
  join(1, 100, 1);
  seeders(100);
  for (const Wire wire : {Wire::http, Wire::udp}) {
    const Told told = clients_.announce({.peer = peer4(1), .numwant = 50, .over = wire});
    EXPECT_EQ(told.peers.size(), 50U);
    EXPECT_TRUE(std::is_partitioned(told.peers.begin(), told.peers.end(),
                                    [](const Endpoint& peer) { return !is_seeder(peer); }));
  }
}

TEST_F(PeerChoiceScenario, BothFamiliesGetAtLeastAQuarter) {
  join(1, 300, 1);
  join(1, 15, 1, peer6);
  for (int i = 0; i < 20; ++i) {
    const Told told = clients_.announce({.peer = peer4(1), .numwant = 40});
    EXPECT_EQ(told.peers.size(), 40U);
    EXPECT_GE(told.count(Family::v6), 10U);
  }
  const Told told = clients_.announce({.peer = peer4(1), .numwant = 80});
  EXPECT_EQ(told.count(Family::v6), 15U) << "all IPv6 peers, and IPv4 gets the rest";
  EXPECT_EQ(told.count(Family::v4), 65U);
}

TEST_F(PeerChoiceScenario, TheAskerIsNeverHandedItself) {
  for (const auto peer : {peer4, peer6}) {
    for (const uint64_t left : {uint64_t{0}, uint64_t{1}}) {
      for (uint32_t others = 0; others <= 300; others = others * 2 + 1) {
        OfflineTracker tracker;
        SimulatedClients clients(tracker);
        for (uint32_t i = 1; i <= others; ++i)
          clients.announce({.peer = peer(i + 1), .left = i % 2, .numwant = 0});
        for (const Wire wire : {Wire::http, Wire::udp}) {
          const Told told = clients.announce({.peer = peer(1), .left = left, .over = wire});
          EXPECT_FALSE(told.peer_set().contains(peer(1))) << others;
          EXPECT_EQ(told.peers.size(), std::min<size_t>(others, 50));
          EXPECT_EQ(told.peer_set().size(), told.peers.size()) << "nobody is named twice";
        }
      }
    }
  }
}

TEST_F(PeerChoiceScenario, EveryPeerIsHandedOutSoonerOrLater) {
  join(1, 500, 1);
  std::set<Endpoint> named;
  for (int i = 0; i < 200; ++i) named.merge(clients_.announce({.peer = peer4(1)}).peer_set());
  EXPECT_EQ(named.size(), 499U);
}

TEST_F(PeerChoiceScenario, NoReplyHasMorePeersThanNumwant) {
  join(1, 300, 1);
  for (const Wire wire : {Wire::http, Wire::udp}) {
    for (const auto& [numwant, expected] :
         std::vector<std::pair<int, size_t>>{{0, 0}, {1, 1}, {-1, 50}, {200, 200}, {100000, 200}}) {
      const Ask ask{.peer = peer4(1), .numwant = numwant, .over = wire};
      EXPECT_EQ(clients_.announce(ask).peers.size(), expected) << numwant;
    }
  }
}

}  // namespace
}  // namespace ot
