// Random operations on the table and on the naive model: each answer and each count must agree.
//
// OT_MODEL_OPERATIONS sets the number of operations (500 000 by default).
#include <gtest/gtest.h>

#include <cstdlib>
#include <set>

#include "unit/swarm/naive_table.h"

namespace ot {
namespace {

size_t operations() {
  const char* wanted = std::getenv("OT_MODEL_OPERATIONS");
  return wanted == nullptr ? 500'000 : std::strtoull(wanted, nullptr, 10);
}

Endpoint endpoint_at(const uint8_t* compact, size_t size) {
  const ByteView bytes(compact, size);
  const auto port = static_cast<uint16_t>(bytes[size - 2] << 8U | bytes[size - 1]);
  if (size == kCompactPeer4) return {IpAddress::v4(bytes.first<4>()), port};
  return {IpAddress::v6(bytes.first<16>()), port};
}

class TableModel {
 public:
  TableModel(const TableOptions& options, uint64_t seed, uint32_t torrents)
      : random_(seed),
        torrents_(torrents),
        naive_(options),
        table_(options, KeyedHash({1, 2, 3})) {}

  void run(size_t count) {
    for (size_t i = 0; i < count && !::testing::Test::HasFailure(); ++i) {
      if (random_.below(2000) == 0) pass_time();
      random_.below(20) == 0 ? scrape() : announce();
      if (i % 50'000 == 0) compare_totals();
    }
    compare_totals();
  }

  // Lets everybody leave; then nothing may be held.
  void drain() {
    // In strides that the stamps, which count modulo 256, can follow.
    for (int stride = 0; stride < 40; ++stride) {
      now_ += 50;
      naive_.expire(now_);
      sweep();
    }
    for (int round = 0; round < 300; ++round) sweep();
    compare_totals();
    EXPECT_EQ(table_.totals().torrents, 0U);
    EXPECT_LE(table_.totals().bytes, TorrentTable::kShards * 4096);
  }

 private:
  // A few hashes are popular, and many share a shard.
  InfoHash random_hash() {
    const uint32_t spread = random_.below(2) == 0 ? torrents_ : 1 + torrents_ / 50;
    const uint32_t number = random_.below(spread);
    InfoHash hash;
    hash.bytes[0] = static_cast<uint8_t>(number % 3);
    hash.bytes[18] = static_cast<uint8_t>(number >> 8U);
    hash.bytes[19] = static_cast<uint8_t>(number);
    return hash;
  }

  Endpoint random_endpoint() {
    const uint32_t number = random_.below(600);
    const auto port = static_cast<uint16_t>(1 + random_.below(2));
    std::array<uint8_t, 16> bytes{0x20, 0x01};
    bytes[14] = static_cast<uint8_t>(number >> 8U);
    bytes[15] = static_cast<uint8_t>(number);
    if (random_.below(4) == 0) return {IpAddress::v6(bytes), port};
    return {IpAddress::v4(std::span<const uint8_t, 4>(bytes.data() + 12, 4)), port};
  }

  AnnounceRequest random_request() {
    AnnounceRequest request;
    request.info_hash = random_hash();
    request.peer = random_endpoint();
    const uint32_t event = random_.below(8);
    request.event = event < 5 ? static_cast<AnnounceEvent>(event) : AnnounceEvent::none;
    request.seeding = random_.below(3) == 0;
    return request;
  }

  void announce() {
    const AnnounceRequest request = random_request();
    const size_t numwant = random_.below(3) == 0 ? random_.below(200) : random_.below(8);
    std::array<uint8_t, 200 * kCompactPeer4> v4{};
    std::array<uint8_t, 200 * kCompactPeer6> v6{};
    const AnnounceOutcome outcome = table_.announce(request, table_.locate(request.info_hash),
                                                    numwant, now_, {v4, v6}, random_);
    const NaiveTable::Swarm* before = naive_.find(request.info_hash);
    const uint32_t downloaded = before == nullptr ? 0 : before->downloaded;
    const bool present = before != nullptr && before->peers.contains(request.peer);
    const Minute heard = present ? before->peers.at(request.peer).minute : now_;
    ASSERT_EQ(outcome.change, naive_.announce(request, now_));
    EXPECT_EQ(outcome.minutes_silent, outcome.change == PeerChange::renewed ? now_ - heard : 0);
    const NaiveTable::Swarm* swarm = naive_.find(request.info_hash);
    if (swarm != nullptr) {
      const SwarmCounts counts = naive_.counts(request.info_hash);
      EXPECT_EQ(outcome.swarm, counts);
      EXPECT_EQ(outcome.completed, counts.downloaded != downloaded);
    }
    check_peers(request, numwant, swarm, ByteView(v4).first(outcome.v4_bytes),
                ByteView(v6).first(outcome.v6_bytes));
  }

  void check_peers(const AnnounceRequest& request, size_t numwant, const NaiveTable::Swarm* swarm,
                   ByteView v4, ByteView v6) {
    std::set<Endpoint> seen;
    check_family(request, swarm, v4, kCompactPeer4, seen);
    check_family(request, swarm, v6, kCompactPeer6, seen);
    if (swarm == nullptr || request.event == AnnounceEvent::stopped) {
      EXPECT_TRUE(seen.empty());
      return;
    }
    const size_t others = swarm->peers.size() - swarm->peers.count(request.peer);
    EXPECT_EQ(seen.size(), std::min(others, numwant));
  }

  static void check_family(const AnnounceRequest& request, const NaiveTable::Swarm* swarm,
                           ByteView bytes, size_t size, std::set<Endpoint>& seen) {
    bool seeders_begun = false;
    for (size_t at = 0; at < bytes.size(); at += size) {
      const Endpoint endpoint = endpoint_at(bytes.data() + at, size);
      EXPECT_NE(endpoint, request.peer);
      EXPECT_TRUE(seen.insert(endpoint).second) << "given twice";
      ASSERT_TRUE(swarm != nullptr && swarm->peers.contains(endpoint)) << "not in the swarm";
      const bool seeder = swarm->peers.at(endpoint).seeding;
      EXPECT_FALSE(seeders_begun && !seeder) << "a leecher behind a seeder";
      seeders_begun = seeder;
    }
  }

  void scrape() {
    const InfoHash hash = random_hash();
    EXPECT_EQ(table_.scrape(hash, table_.locate(hash), now_), naive_.counts(hash));
  }

  void pass_time() {
    now_ += 1 + random_.below(20);
    naive_.expire(now_);
    sweep();
  }

  void sweep() {
    SweepCursor cursor;
    do {
      const uint32_t shard = cursor.shard;
      table_.sweep(cursor, now_, 64);
      if (cursor.shard < shard) break;
    } while (true);
  }

  void compare_totals() {
    const TableTotals mine = table_.totals();
    const TableTotals theirs = naive_.totals();
    EXPECT_EQ(mine.torrents, theirs.torrents);
    EXPECT_EQ(mine.peers, theirs.peers);
    EXPECT_EQ(mine.seeders, theirs.seeders);
    EXPECT_EQ(table_.peers(), theirs.peers);
    EXPECT_EQ(table_.torrents(), theirs.torrents);
  }

  Random random_;
  uint32_t torrents_;
  NaiveTable naive_;
  TorrentTable table_;
  Minute now_ = 1000;
};

TEST(TorrentTableModel, AgreesWithTheNaiveTableOnManySmallTorrents) {
  TableModel model({}, 1, 5000);
  model.run(operations() / 4);
  model.drain();
}

TEST(TorrentTableModel, AgreesWithTheNaiveTableOnFewLargeTorrents) {
  TableModel model({}, 2, 40);
  model.run(operations() / 2);
  model.drain();
}

TEST(TorrentTableModel, AgreesWithTheNaiveTableWhenFull) {
  TableOptions options;
  options.max_peers = 3000;
  options.max_peers_per_torrent = 300;
  TableModel model(options, 3, 500);
  model.run(operations() / 4);
  model.drain();
}

}  // namespace
}  // namespace ot
