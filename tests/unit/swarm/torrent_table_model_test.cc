// Random operations on the table and on the naive model: each answer and each count must agree.
//
// Time passes in jumps. After some, the whole table is swept at once and answers are exact. After
// others it is swept in small steps between the operations, as the daemon does it: until the pass
// is over, a stale peer may be there or not, and answers must lie between the two.
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

struct ModelOptions {
  TableOptions table;
  uint64_t seed = 1;
  uint32_t torrents = 100;
  // Addresses to choose from; each has two ports.
  uint32_t addresses = 600;
};

class TableModel {
 public:
  explicit TableModel(const ModelOptions& options)
      : options_(options),
        random_(options.seed),
        naive_(options.table),
        table_(options.table, SecretHash::from_seed(1)) {}

  void run(size_t count) {
    for (size_t i = 0; i < count && !::testing::Test::HasFailure(); ++i) {
      if (!sweeping_ && random_.below(2000) == 0) pass_time();
      if (sweeping_ && random_.below(4) == 0) sweep_a_little();
      if (random_.below(1000) == 0) remove();
      random_.below(20) == 0 ? scrape() : announce();
      if (i % 50'000 == 0) compare_totals();
    }
    finish_pass();
    compare_totals();
    EXPECT_EQ(refused_ != 0, options_.table.max_memory != 0 || options_.table.max_peers != 0);
  }

  // Lets all peers leave; then the table may hold nothing.
  void drain() {
    // In strides that the stamps, which count modulo 256, can follow.
    for (int stride = 0; stride < 40; ++stride) {
      now_ += 50;
      finish_pass();
    }
    for (int round = 0; round < 300; ++round) sweep_all();
    compare_totals();
    EXPECT_EQ(table_.totals().torrents, 0U);
    // A page or two a shard, the head of their slab, and the shards' directories.
    EXPECT_LE(table_.totals().bytes, (3 * 2 + 1 + 1) * 4096U);
  }

 private:
  // A few hashes are popular, and all are in three shards.
  InfoHash random_hash() {
    const uint32_t spread = random_.below(2) == 0 ? options_.torrents : 1 + options_.torrents / 50;
    const uint32_t number = random_.below(spread);
    InfoHash hash;
    hash.bytes[0] = static_cast<uint8_t>(number % 3);
    hash.bytes[18] = static_cast<uint8_t>(number >> 8U);
    hash.bytes[19] = static_cast<uint8_t>(number);
    return hash;
  }

  Endpoint random_endpoint() {
    const uint32_t number = random_.below(options_.addresses);
    const auto port = static_cast<uint16_t>(1 + random_.below(2));
    std::array<uint8_t, 16> bytes{0x20, 0x01, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 10};
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
    if (sweeping_) learn_what_was_swept(request, outcome);
    check_outcome(request, outcome);
    const NaiveTable::Swarm* swarm = naive_.find(request.info_hash);
    if (swarm != nullptr) expect_counts(outcome.swarm, *swarm);
    check_peers(request, numwant, swarm, ByteView(v4).first(outcome.v4_bytes),
                ByteView(v6).first(outcome.v6_bytes));
  }

  // If a stale peer or torrent turns out to be gone, the naive table drops it too.
  void learn_what_was_swept(const AnnounceRequest& request, const AnnounceOutcome& outcome) {
    const NaiveTable::Swarm* swarm = naive_.find(request.info_hash);
    if (swarm == nullptr) return;
    const auto peer = swarm->peers.find(request.peer);
    const bool was_there =
        outcome.change == PeerChange::renewed || outcome.change == PeerChange::removed;
    if (peer != swarm->peers.end() && naive_.is_stale(peer->second, now_) && !was_there)
      naive_.drop_peer(request.info_hash, request.peer);
    const uint32_t downloaded = swarm->downloaded + (outcome.completed ? 1U : 0U);
    if (outcome.swarm.downloaded < downloaded && may_be_forgotten(*swarm))
      naive_.drop_swarm(request.info_hash);
  }
  [[nodiscard]] bool may_be_forgotten(const NaiveTable::Swarm& swarm) const {
    return naive_.is_idle(swarm, now_) && fresh(swarm) == SwarmCounts{0, 0, swarm.downloaded};
  }

  void check_outcome(const AnnounceRequest& request, const AnnounceOutcome& outcome) {
    const NaiveTable::Swarm* before = naive_.find(request.info_hash);
    const uint32_t downloaded = before == nullptr ? 0 : before->downloaded;
    const bool present = before != nullptr && before->peers.contains(request.peer);
    const Minute heard = present ? before->peers.at(request.peer).minute : now_;
    refused_ += outcome.change == PeerChange::refused ? 1U : 0U;
    auto full = NaiveTable::Full::by_limits;
    // Only the table knows in which order the sweep makes room, and where memory runs out.
    if (sweeping_ || options_.table.max_memory != 0)
      full = outcome.change == PeerChange::refused ? NaiveTable::Full::yes : NaiveTable::Full::no;
    ASSERT_EQ(outcome.change, naive_.announce(request, now_, full));
    EXPECT_EQ(outcome.minutes_silent, outcome.change == PeerChange::renewed ? now_ - heard : 0);
    const NaiveTable::Swarm* swarm = naive_.find(request.info_hash);
    EXPECT_EQ(outcome.completed, swarm != nullptr && swarm->downloaded != downloaded);
  }

  [[nodiscard]] SwarmCounts fresh(const NaiveTable::Swarm& swarm) const {
    SwarmCounts counts{0, 0, swarm.downloaded};
    for (const auto& [endpoint, peer] : swarm.peers) {
      if (!naive_.is_stale(peer, now_)) ++(peer.seeding ? counts.seeders : counts.leechers);
    }
    return counts;
  }

  void expect_counts(const SwarmCounts& counts, const NaiveTable::Swarm& swarm) {
    const SwarmCounts most = NaiveTable::counts(&swarm);
    if (!sweeping_) {
      EXPECT_EQ(counts, most);
      return;
    }
    const SwarmCounts least = fresh(swarm);
    EXPECT_GE(counts.seeders, least.seeders);
    EXPECT_LE(counts.seeders, most.seeders);
    EXPECT_GE(counts.leechers, least.leechers);
    EXPECT_LE(counts.leechers, most.leechers);
    EXPECT_TRUE(counts.downloaded == most.downloaded || may_be_forgotten(swarm));
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
    const size_t asker = swarm->peers.count(request.peer);
    const size_t most = swarm->peers.size() - asker;
    EXPECT_LE(seen.size(), std::min(most, numwant));
    size_t least = most;
    if (sweeping_) least = fresh(*swarm).seeders + fresh(*swarm).leechers - asker;
    EXPECT_GE(seen.size(), std::min(least, numwant));
  }

  static void check_family(const AnnounceRequest& request, const NaiveTable::Swarm* swarm,
                           ByteView bytes, size_t size, std::set<Endpoint>& seen) {
    bool seeders_begun = false;
    for (size_t at = 0; at < bytes.size(); at += size) {
      const Endpoint endpoint = endpoint_at(bytes.data() + at, size);
      EXPECT_NE(endpoint, request.peer);
      EXPECT_TRUE(seen.insert(endpoint).second) << "given twice";
      ASSERT_NE(swarm, nullptr);
      const auto peer = swarm->peers.find(endpoint);
      ASSERT_NE(peer, swarm->peers.end()) << "not in the swarm";
      EXPECT_FALSE(seeders_begun && !peer->second.seeding) << "a leecher behind a seeder";
      seeders_begun = peer->second.seeding;
    }
  }

  void scrape() {
    const InfoHash hash = random_hash();
    const SwarmCounts counts = table_.scrape(hash, table_.locate(hash), now_);
    const NaiveTable::Swarm* swarm = naive_.find(hash);
    expect_counts(counts, swarm == nullptr ? NaiveTable::Swarm{} : *swarm);
  }

  // As the eviction does with torrents that a new access list refuses.
  void remove() {
    const InfoHash hash = random_hash();
    const NaiveTable::Swarm* swarm = naive_.find(hash);
    const SwarmCounts least = swarm == nullptr ? SwarmCounts{} : fresh(*swarm);
    const bool is_sure = !sweeping_ || least.seeders + least.leechers != 0;
    const bool was_there = table_.remove(hash);
    EXPECT_TRUE(was_there ? swarm != nullptr : swarm == nullptr || !is_sure);
    naive_.drop_swarm(hash);
  }

  void pass_time() {
    now_ += 1 + random_.below(20);
    if (random_.below(2) == 0) return finish_pass();
    sweeping_ = true;
    cursor_ = {};
  }

  void sweep_a_little() {
    const SweepCursor before = cursor_;
    table_.sweep(cursor_, now_, 1 + random_.below(30));
    EXPECT_NE(cursor_, before) << "the sweep does not advance";
    // All torrents are in the first shards.
    if (cursor_.shard > 2 * 4) finish_pass();
  }

  // Sweeps once without announces in between, because in a swarm of many blocks a disturbed pass
  // may miss some peers.
  void finish_pass() {
    sweep_all();
    naive_.expire(now_);
    sweeping_ = false;
  }

  void sweep_all() {
    for (SweepCursor cursor; cursor.shard <= 2 * 4;) table_.sweep(cursor, now_, 64);
  }

  void compare_totals() {
    const TableTotals mine = table_.totals();
    EXPECT_EQ(table_.peers(), mine.peers);
    EXPECT_EQ(table_.torrents(), mine.torrents);
    const uint64_t limit = options_.table.max_memory;
    EXPECT_TRUE(limit == 0 || mine.bytes <= limit);
    compare_list(mine.torrents);
    if (sweeping_) return;
    const TableTotals theirs = naive_.totals();
    EXPECT_EQ(mine.torrents, theirs.torrents);
    EXPECT_EQ(mine.peers, theirs.peers);
    EXPECT_EQ(mine.seeders, theirs.seeders);
  }

  // A walk lists what is there and nothing else; it may list a torrent twice.
  void compare_list(uint64_t torrents) {
    std::set<InfoHash> listed;
    std::array<InfoHash, 16> batch{};
    for (SweepCursor cursor; cursor.shard <= 2 * 4;) {
      const size_t count = table_.list(cursor, batch);
      listed.insert(batch.begin(), batch.begin() + static_cast<std::ptrdiff_t>(count));
    }
    EXPECT_EQ(listed.size(), torrents);
    for (const InfoHash& hash : listed) EXPECT_NE(naive_.find(hash), nullptr);
  }

  const ModelOptions options_;
  Random random_;
  NaiveTable naive_;
  TorrentTable table_;
  Minute now_ = 1000;
  // A pass in small steps is under way.
  bool sweeping_ = false;
  SweepCursor cursor_;
  size_t refused_ = 0;
};

class TorrentTableModel : public ::testing::TestWithParam<PeerScan> {
 protected:
  // A share of all operations; each test runs with both scans.
  static void run(ModelOptions options, size_t share) {
    options.table.scan = GetParam();
    TableModel model(options);
    model.run(operations() * share / 100 / 2);
    model.drain();
  }
};
// On an x86 processor without AVX2 both are the same.
INSTANTIATE_TEST_SUITE_P(Scans, TorrentTableModel,
                         ::testing::Values(PeerScan::portable, best_peer_scan()),
                         [](const auto& scan) {
                           return std::string(scan.index == 0 ? "Portable" : "Best");
                         });

TEST_P(TorrentTableModel, AgreesOnManySmallTorrents) {
  run({.table = {}, .seed = 1, .torrents = 5000}, 30);
}

TEST_P(TorrentTableModel, AgreesOnFewLargeTorrents) {
  run({.table = {}, .seed = 2, .torrents = 40}, 30);
}

TEST_P(TorrentTableModel, AgreesWhenFull) {
  ModelOptions options{.table = {}, .seed = 3, .torrents = 500};
  options.table.max_peers = 3000;
  options.table.max_peers_per_torrent = 300;
  run(options, 20);
}

TEST_P(TorrentTableModel, AgreesWhileMemoryRunsOutNowAndThen) {
  ModelOptions options{.table = {}, .seed = 4, .torrents = 300};
  options.table.max_memory = 100'000;
  run(options, 20);
}

}  // namespace
}  // namespace ot
