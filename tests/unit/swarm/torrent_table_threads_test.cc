// Everything that a table offers to several threads at once. Most useful under ThreadSanitizer
// (make tsan); elsewhere it checks that the counts add up.
#include <gtest/gtest.h>

#include <thread>
#include <vector>

#include "swarm/sole_writer.h"
#include "unit/swarm/numbered.h"

namespace ot {
namespace {

constexpr uint32_t kTorrents = 400;
constexpr uint32_t kResidents = 40'000;

class SharedTable {
 public:
  void announce_and_scrape(uint32_t seed) {
    Random random(seed);
    std::array<uint8_t, 30 * kCompactPeer4> v4{};
    std::array<uint8_t, 30 * kCompactPeer6> v6{};
    for (int i = 0; i < 20'000; ++i) {
      AnnounceRequest request;
      // Two shards, one popular torrent.
      const uint32_t number = random.below(3) == 0 ? 0 : random.below(kTorrents);
      request.info_hash = numbered_hash(number, static_cast<uint8_t>(number % 2));
      request.peer =
          random.below(4) == 0 ? endpoint6(random.below(2000)) : endpoint4(random.below(2000));
      request.event = static_cast<AnnounceEvent>(random.below(5));
      request.seeding = random.below(2) == 0;
      const TorrentTable::Place place = table_.locate(request.info_hash);
      table_.prefetch(place);
      const Minute now = minute_.load(std::memory_order_relaxed);
      if (random.below(10) == 0) {
        const SwarmCounts counts = table_.scrape(request.info_hash, place, now);
        EXPECT_LE(counts.seeders + counts.leechers, 4000U);
      } else {
        const auto outcome = table_.announce(request, place, 30, now, {v4, v6}, random);
        EXPECT_LE(outcome.v4_bytes + outcome.v6_bytes, v4.size() + v6.size());
      }
    }
  }

  void sweep_and_count() {
    SweepCursor cursor;
    for (int i = 0; i < 10'000; ++i) {
      table_.sweep(cursor, minute_.load(std::memory_order_relaxed), 200);
      if (i % 100 == 0) minute_.fetch_add(3, std::memory_order_relaxed);
      if (i % 500 == 0) {
        const TableTotals totals = table_.totals();
        EXPECT_LE(totals.seeders, totals.peers);
        EXPECT_LE(totals.torrents, kTorrents + kResidents);
      }
    }
  }

  // As the eviction does for a new access list.
  void list_and_remove() {
    SweepCursor cursor;
    std::array<InfoHash, 64> batch{};
    for (int i = 0; i < 5'000; ++i) {
      const size_t count = table_.list(cursor, batch);
      EXPECT_LE(count, batch.size());
      if (i % 50 == 0 && count != 0) table_.remove(batch[count / 2]);
    }
  }

  // Before the others begin: takes enough pages for a slab, so that slots move while they work.
  void grow() {
    std::array<uint8_t, 6> v4{};
    Random random(1);
    for (uint32_t number = 0; number < kResidents; ++number) {
      AnnounceRequest request;
      request.info_hash = numbered_hash(number, static_cast<uint8_t>(2 + number % 200));
      request.peer = endpoint4(number);
      static_cast<void>(
          table_.announce(request, table_.locate(request.info_hash), 0, 1000, {v4, {}}, random));
    }
  }

  // As the loop does with slabs that the worker has made.
  void settle() {
    for (int i = 0; i < 2'000; ++i) {
      if (table_.wants_slab()) table_.add_slab(Slab::map(SlabKind::settled));
      moved_ |= table_.settle_slots(1);
      std::this_thread::yield();
    }
  }
  [[nodiscard]] bool has_moved() const { return moved_; }

  TorrentTable& table() { return table_; }

 private:
  TorrentTable table_{{}, SecretHash::from_seed(1)};
  std::atomic<Minute> minute_{1000};
  bool moved_ = false;
};

// Only reads, as the worker does.
void read_all(TorrentTable& table, const std::atomic<bool>& is_done) {
  SweepCursor torrents;
  SweepCursor swarms;
  std::array<TorrentCopy, 64> copies{};
  SwarmCopy swarm_copy;
  while (!is_done) {
    EXPECT_LE(table.copy_torrents(torrents, copies), copies.size());
    table.copy_swarms(swarms, 1000, swarm_copy);
    table.prefetch(table.locate(numbered_hash(torrents.shard)));
    EXPECT_LE(table.totals().torrents, kTorrents);
  }
}

TEST(TorrentTableThreads, OneWritesWithoutLocksWhatOthersRead) {
  TorrentTable table({}, SecretHash::from_seed(1));
  SoleWriter writer(table);
  std::atomic<bool> is_done{false};
  std::vector<std::thread> readers;
  for (int i = 0; i < 2; ++i) readers.emplace_back([&] { read_all(table, is_done); });
  Random random(1);
  std::array<std::array<uint8_t, 30 * kCompactPeer4>, 2> out{};
  SweepCursor cursor;
  for (uint32_t i = 0; i < 50'000; ++i) {
    AnnounceRequest request;
    const uint32_t number = random.below(3) == 0 ? 0 : random.below(kTorrents);
    request.info_hash = numbered_hash(number, static_cast<uint8_t>(number % 2));
    request.peer = endpoint4(random.below(2000));
    request.event = static_cast<AnnounceEvent>(random.below(5));
    const TorrentTable::Place place = table.locate(request.info_hash);
    (void)writer.prefetch_peers(request, place);
    (void)writer.announce_ahead(request, place, 30, 1000, {out[i % 2], {}}, random);
    if (i % 32 != 0) continue;
    writer.finish();
    table.sweep(cursor, 1000, 200);
  }
  writer.finish();
  is_done = true;
  for (std::thread& reader : readers) reader.join();
  EXPECT_EQ(table.peers(), table.totals().peers);
}

TEST(TorrentTableThreads, AnnounceScrapeSweepCountAndRemoveAtOnce) {
  SharedTable shared;
  shared.grow();
  std::vector<std::thread> threads;
  for (uint32_t seed = 1; seed <= 3; ++seed)
    threads.emplace_back([&shared, seed] { shared.announce_and_scrape(seed); });
  threads.emplace_back([&shared] { shared.sweep_and_count(); });
  threads.emplace_back([&shared] { shared.list_and_remove(); });
  threads.emplace_back([&shared] { shared.settle(); });
  for (std::thread& thread : threads) thread.join();
  EXPECT_TRUE(shared.has_moved());
  const TableTotals totals = shared.table().totals();
  EXPECT_EQ(shared.table().peers(), totals.peers);
  EXPECT_EQ(shared.table().torrents(), totals.torrents);
  SweepCursor cursor;
  for (int i = 0; i < 20'000 && shared.table().peers() != 0; ++i)
    shared.table().sweep(cursor, 1000 + 300 + 100, 200);
  EXPECT_EQ(shared.table().totals().peers, 0U);
  EXPECT_EQ(shared.table().totals().seeders, 0U);
}

}  // namespace
}  // namespace ot
