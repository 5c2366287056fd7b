#include <gtest/gtest.h>

#include <set>

#include "unit/swarm/numbered.h"
#include "unit/swarm/table_contents.h"

namespace ot {
namespace {

constexpr Minute kNow = 1000;

class TableStateTest : public testing::Test {
 protected:
  void announce(const InfoHash& info_hash, const Endpoint& peer, Minute now = kNow,
                bool seeding = false, AnnounceEvent event = AnnounceEvent::none) {
    AnnounceRequest request;
    request.info_hash = info_hash;
    request.peer = peer;
    request.seeding = seeding;
    request.event = event;
    table_.announce(request, table_.locate(info_hash), 0, now, {}, random_);
  }
  void announce4(uint32_t torrent, uint32_t peer, Minute now = kNow) {
    announce(numbered_hash(torrent), endpoint4(peer), now);
  }
  // Small swarms of every kind: inline, a block, both families, downloads, several ages.
  void fill(uint32_t torrents) {
    for (uint32_t n = 0; n < torrents; ++n) {
      const InfoHash hash = numbered_hash(n, static_cast<uint8_t>(n % 5));
      for (uint32_t peer = 0; peer <= n % 9; ++peer) {
        announce(hash, endpoint4(n + peer), kNow - n % 40, peer % 3 == 0);
        if (peer == 4) announce(hash, endpoint6(n), kNow - n % 7, true, AnnounceEvent::completed);
      }
    }
  }
  // Restores all of table_ into `other`, `elapsed` minutes later.
  RestoreOutcome copy_into(TorrentTable& other, uint64_t elapsed = 0) {
    RestoreOutcome all;
    walk_swarms(table_, kNow, [&](const SwarmCopy& copy) {
      SwarmPeers peers(copy);
      for (const SwarmPart& part : copy.parts()) {
        const auto peers4 = peers.next4(part);
        const auto peers6 = peers.next6(part);
        const auto now = kNow + static_cast<Minute>(elapsed);
        all += other.restore(part, peers4, peers6, elapsed, now);
      }
    });
    return all;
  }

  TorrentTable table_{{}, SecretHash::from_seed(1)};
  Random random_{1};
};

TEST_F(TableStateTest, ACopyOfAnEmptyTableIsEmpty) {
  EXPECT_TRUE(contents_of(table_, kNow).empty());
}

TEST_F(TableStateTest, CopiesFlagsAndAges) {
  const InfoHash hash = numbered_hash(7);
  announce(hash, endpoint4(1), kNow - 30, true, AnnounceEvent::completed);
  announce(hash, endpoint6(2), kNow - 3);
  Peer4 seeder = numbered_peer<Peer4>(1, true, 30);
  seeder.flags |= kPeerCompleted;
  const TableContents all = contents_of(table_, kNow);
  ASSERT_EQ(all.size(), 1U);
  const TorrentContents& torrent = all.at(hash);
  EXPECT_EQ(torrent.downloaded, 1U);
  EXPECT_EQ(torrent.silent, 3U);
  const std::vector<PeerText> expected{peer_text(seeder),
                                       peer_text(numbered_peer<Peer6>(2, false, 3))};
  EXPECT_EQ(torrent.peers, expected);
}

TEST_F(TableStateTest, AnotherTableHoldsTheSameAfterwards) {
  fill(4000);
  for (uint32_t n = 0; n < 20'000; ++n) announce(numbered_hash(1, 200), endpoint4(n));
  for (uint32_t n = 0; n < 5'000; ++n) announce(numbered_hash(1, 200), endpoint6(n), kNow, true);
  for (uint32_t n = 0; n < 300; ++n) announce(numbered_hash(2, 200), endpoint6(n));
  TorrentTable other({}, SecretHash::from_seed(2));
  const RestoreOutcome outcome = copy_into(other);
  EXPECT_EQ(contents_of(other, kNow), contents_of(table_, kNow));
  EXPECT_EQ(outcome.peers, table_.peers());
  const TableTotals expected = table_.totals();
  const TableTotals totals = other.totals();
  EXPECT_EQ(totals.torrents, expected.torrents);
  EXPECT_EQ(totals.peers, expected.peers);
  EXPECT_EQ(totals.seeders, expected.seeders);
  EXPECT_EQ(other.torrents(), expected.torrents);
}

TEST_F(TableStateTest, StoresNothingTwice) {
  fill(500);
  for (uint32_t n = 0; n < 3'000; ++n) announce(numbered_hash(1, 200), endpoint4(n));
  const TableContents before = contents_of(table_, kNow);
  EXPECT_EQ(copy_into(table_).peers, 0U);
  EXPECT_EQ(contents_of(table_, kNow), before);
}

TEST_F(TableStateTest, KeepsTheYoungerOfTwoStamps) {
  announce4(1, 1, kNow - 20);
  announce4(2, 1, kNow - 5);
  TorrentTable other({}, SecretHash::from_seed(2));
  copy_into(other);
  announce4(1, 1, kNow - 10);
  announce4(2, 1, kNow - 5);
  copy_into(other);
  EXPECT_EQ(contents_of(other, kNow), contents_of(table_, kNow));
}

Peer4 peer4(std::string_view address, uint16_t port = 6881) {
  return make_peer<Peer4>({IpAddress::parse(address).value(), port}, 0, 0);
}
Peer6 peer6(std::string_view address, uint16_t port = 6881) {
  return make_peer<Peer6>({IpAddress::parse(address).value(), port}, 0, 0);
}

// As a file of an older version may have them.
TEST_F(TableStateTest, LeavesOutMartiansAndPeersWithoutAPort) {
  Peer6 mapped = peer6("2001:db8::1");
  mapped.endpoint = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff, 192, 0, 2, 1, 1, 1};
  const std::array peers4{peer4("10.0.0.1", 0),  peer4("0.0.0.0"),     peer4("169.254.1.1"),
                          peer4("224.0.0.1"),    peer4("240.1.2.3"),   peer4("255.255.255.255"),
                          peer4("1.0.0.0", 256), peer4("127.0.0.1", 1)};
  const std::array peers6{peer6("2001:db8::1", 0), peer6("::"), peer6("fe80::1"),
                          peer6("ff02::1"),        mapped,      peer6("2001:db8::1")};
  const RestoreOutcome outcome =
      table_.restore({numbered_hash(1), 0, 0, 8, 6}, peers4, peers6, 0, kNow);
  EXPECT_EQ(outcome.peers, 3U);
  EXPECT_EQ(outcome.unusable, 11U);
  EXPECT_EQ(outcome.refused, 0U);
  const RestoreOutcome nobody =
      table_.restore({numbered_hash(2), 0, 0, 6, 0}, std::span(peers4).first(6), {}, 0, kNow);
  EXPECT_EQ(nobody.unusable, 6U);
  EXPECT_FALSE(nobody.new_torrent);
  EXPECT_EQ(table_.torrents(), 1U);
}

TEST_F(TableStateTest, DoesNotReviveStalePeers) {
  announce4(1, 1, kNow - 35);
  announce4(1, 2, kNow - 34);
  announce4(2, 3, kNow - 40);
  TorrentTable other({}, SecretHash::from_seed(2));
  const RestoreOutcome outcome = copy_into(other, 11);
  EXPECT_EQ(outcome.peers, 1U);
  EXPECT_EQ(outcome.too_old, 2U);
  EXPECT_EQ(other.torrents(), 1U);
  const TableContents all = contents_of(other, kNow + 11);
  EXPECT_EQ(all.at(numbered_hash(1)).peers,
            std::vector{peer_text(numbered_peer<Peer4>(2, false, 45))});
}

TEST_F(TableStateTest, RevivesNothingAfterAYear) {
  fill(100);
  TorrentTable other({}, SecretHash::from_seed(2));
  EXPECT_EQ(copy_into(other, 365 * 24 * 60).peers, 0U);
  EXPECT_EQ(other.torrents(), 0U);
}

TEST_F(TableStateTest, RemembersDownloadsForAsLongAsTheTableDoes) {
  const InfoHash hash = numbered_hash(1);
  announce(hash, endpoint4(1), kNow, true, AnnounceEvent::completed);
  announce(hash, endpoint4(1), kNow, true, AnnounceEvent::stopped);
  for (const auto& [elapsed, torrents] : {std::pair{24 * 60, 1U}, std::pair{24 * 60 + 1, 0U}}) {
    TorrentTable other({}, SecretHash::from_seed(2));
    copy_into(other, static_cast<uint64_t>(elapsed));
    EXPECT_EQ(other.torrents(), torrents);
    const Minute now = kNow + static_cast<Minute>(elapsed);
    EXPECT_EQ(other.scrape(hash, other.locate(hash), now).downloaded, torrents);
  }
}

TEST_F(TableStateTest, RefusesPeersBeyondTheLimits) {
  for (uint32_t n = 0; n < 3'000; ++n) announce4(1, n);
  for (uint32_t n = 0; n < 3'000; ++n) announce(numbered_hash(2), endpoint6(n));
  const auto refused = [&](const TableOptions& options) {
    TorrentTable other(options, SecretHash::from_seed(2));
    const RestoreOutcome outcome = copy_into(other);
    EXPECT_EQ(outcome.peers + outcome.refused, 6'000U);
    EXPECT_EQ(outcome.peers, other.totals().peers);
    return outcome.refused;
  };
  EXPECT_EQ(refused({}), 0U);
  EXPECT_EQ(refused({.max_peers = 4'000}), 2'000U);
  EXPECT_EQ(refused({.max_peers_per_torrent = 1'000}), 4'000U);
  EXPECT_GT(refused({.max_memory = 40'000}), 1'000U);
}

TEST_F(TableStateTest, CopiesWhatIsThereAllAlongOnceWhateverChangesMeanwhile) {
  fill(5'000);
  const TableContents before = contents_of(table_, kNow);
  uint32_t next = 100'000;
  SweepCursor sweep;
  const TableContents walked = contents_of(table_, kNow, [&] {
    for (int i = 0; i < 300; ++i, ++next) {
      announce(numbered_hash(next, static_cast<uint8_t>(next % 5)), endpoint4(next));
      if (next % 2 == 0)
        announce(numbered_hash(next - 150, static_cast<uint8_t>((next - 150) % 5)),
                 endpoint4(next - 150), kNow, false, AnnounceEvent::stopped);
    }
    table_.sweep(sweep, kNow, 200);
  });
  for (const auto& [hash, torrent] : before) {
    const auto found = walked.find(hash);
    ASSERT_TRUE(found != walked.end());
    EXPECT_EQ(found->second, torrent);
  }
}

TEST_F(TableStateTest, ALargeSwarmThatGrowsMeanwhileLosesLittle) {
  constexpr uint32_t kPeers = 50'000;
  const InfoHash hash = numbered_hash(1);
  for (uint32_t n = 0; n < kPeers; ++n) announce(hash, endpoint4(n));
  uint32_t next = kPeers;
  const TableContents walked = contents_of(table_, kNow, [&] {
    for (int i = 0; i < 20; ++i) announce(hash, endpoint4(next++));
  });
  const std::vector<PeerText>& peers = walked.at(hash).peers;
  size_t there = 0;
  for (uint32_t n = 0; n < kPeers; ++n) {
    there += std::binary_search(peers.begin(), peers.end(),
                                peer_text(numbered_peer<Peer4>(n, false, 0)));
  }
  EXPECT_GT(there, kPeers * 995 / 1000);
}

}  // namespace
}  // namespace ot
