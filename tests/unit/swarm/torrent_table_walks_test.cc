#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <set>
#include <vector>

#include "swarm/torrent_table.h"
#include "unit/swarm/numbered.h"

namespace ot {
namespace {

class TableWalkTest : public testing::Test {
 protected:
  void announce(const InfoHash& info_hash, const Endpoint& peer, bool seeding = false,
                AnnounceEvent event = AnnounceEvent::none) {
    AnnounceRequest request;
    request.info_hash = info_hash;
    request.peer = peer;
    request.seeding = seeding;
    request.event = event;
    table_.announce(request, table_.locate(info_hash), 0, 0, {}, random_);
  }
  void remove(const InfoHash& info_hash, const Endpoint& peer) {
    announce(info_hash, peer, false, AnnounceEvent::stopped);
  }

  // All that a walk in steps of `step` slots brings; calls `between` after each step.
  template <typename Between>
  std::vector<TorrentCopy> torrents(size_t step, Between between) {
    return walk<TorrentCopy>(
        step, [this](auto& cursor, auto out) { return table_.copy_torrents(cursor, out); },
        between);
  }
  template <typename Between>
  std::vector<uint32_t> addresses(size_t step, Between between) {
    return walk<uint32_t>(
        step, [this](auto& cursor, auto out) { return table_.copy_addresses4(cursor, out); },
        between);
  }

  TorrentTable table_{{}, SecretHash::from_seed(1)};
  Random random_{1};

 private:
  template <typename Item, typename Copy, typename Between>
  std::vector<Item> walk(size_t step, Copy copy, Between between) {
    std::vector<Item> all;
    std::vector<Item> out(step);
    SweepCursor cursor;
    uint32_t shard = 0;
    do {
      shard = cursor.shard;
      const size_t count = copy(cursor, std::span<Item>(out));
      all.insert(all.end(), out.begin(), out.begin() + static_cast<std::ptrdiff_t>(count));
      between();
    } while (cursor.shard >= shard);
    return all;
  }
};

constexpr auto kNothing = [] {};

TEST_F(TableWalkTest, AnEmptyTableBringsNothing) {
  EXPECT_TRUE(torrents(16, kNothing).empty());
  EXPECT_TRUE(addresses(1024, kNothing).empty());
}

TEST_F(TableWalkTest, BringsEachTorrentOnceWithItsCounts) {
  for (uint32_t n = 0; n < 6000; ++n) {
    const InfoHash hash = numbered_hash(n, static_cast<uint8_t>(n % 3));
    for (uint32_t peer = 0; peer <= n % 7; ++peer) {
      announce(hash, endpoint4(peer), peer % 2 == 0);
      if (peer == 3) announce(hash, endpoint6(peer), true, AnnounceEvent::completed);
    }
  }
  for (const size_t step : {size_t{16}, size_t{100}, size_t{4096}}) {
    std::set<InfoHash> seen;
    for (const TorrentCopy& torrent : torrents(step, kNothing)) {
      EXPECT_TRUE(seen.insert(torrent.info_hash).second);
      EXPECT_EQ(torrent.counts,
                table_.scrape(torrent.info_hash, table_.locate(torrent.info_hash), 0));
    }
    EXPECT_EQ(seen.size(), 6000U) << step;
  }
}

TEST_F(TableWalkTest, BringsWhatIsThereAllAlongOnceWhileOthersComeAndGo) {
  for (uint32_t n = 0; n < 4000; n += 2) announce(numbered_hash(n), endpoint4(n));
  uint32_t next = 1;
  // Only odd ones come and go: first the table grows, then it empties.
  const auto disturb = [&] {
    for (int i = 0; i < 40; ++i, next += 2) {
      const uint32_t n = next % 8000;
      if (next < 8000) announce(numbered_hash(n), endpoint4(n));
      if (next >= 8000) remove(numbered_hash(n), endpoint4(n));
    }
  };
  std::map<InfoHash, int> times;
  for (const TorrentCopy& torrent : torrents(16, disturb)) ++times[torrent.info_hash];
  for (uint32_t n = 0; n < 4000; n += 2) EXPECT_EQ(times[numbered_hash(n)], 1) << n;
}

TEST_F(TableWalkTest, BringsTheAddressOfEachIpv4PeerOnce) {
  std::vector<uint32_t> expected;
  const auto add = [&](uint32_t torrent, uint32_t peer) {
    announce(numbered_hash(torrent, static_cast<uint8_t>(torrent)), endpoint4(peer), peer % 3 == 0);
    expected.push_back((10U << 24U) | peer);
  };
  for (uint32_t peer = 0; peer < 5000; ++peer) add(1, peer);
  for (uint32_t torrent = 2; torrent < 200; ++torrent) {
    for (uint32_t peer = 0; peer < torrent % 9; ++peer) add(torrent, peer);
    announce(numbered_hash(torrent, static_cast<uint8_t>(torrent)), endpoint6(torrent));
  }
  std::sort(expected.begin(), expected.end());
  for (const size_t step : {PeerList<Peer4>::kBlockLimit, size_t{4096}}) {
    std::vector<uint32_t> found = addresses(step, kNothing);
    std::sort(found.begin(), found.end());
    EXPECT_EQ(found, expected) << step;
  }
}

// Torrents of one shard and one order; a walk may not leave off between them.
class TwinWalkTest : public TableWalkTest {
 protected:
  TwinWalkTest() {
    std::map<uint32_t, InfoHash> by_order;
    for (uint32_t n = 0; n < 300'000; ++n) {
      const InfoHash hash = numbered_hash(n);
      const auto [first, is_new] = by_order.emplace(table_.locate(hash).order(), hash);
      if (!is_new) twins_.insert(twins_.end(), {first->second, hash});
    }
  }

  std::vector<InfoHash> twins_;
};

TEST_F(TwinWalkTest, BringsTwinsOnceWhereverAStepEnds) {
  ASSERT_GE(twins_.size(), 4U);
  for (uint32_t n = 0; n < 500; ++n) announce(numbered_hash(n), endpoint4(n));
  for (const InfoHash& hash : twins_) announce(hash, endpoint4(1));
  for (size_t step = 16; step < 100; ++step) {
    std::map<InfoHash, int> times;
    for (const TorrentCopy& torrent : torrents(step, kNothing)) ++times[torrent.info_hash];
    for (const InfoHash& hash : twins_) EXPECT_EQ(times[hash], 1) << step;
    EXPECT_EQ(times.size(), table_.torrents());
  }
}

TEST_F(TwinWalkTest, BringsThePeersOfTwinsOnceWhereverAStepEnds) {
  uint32_t peer = 0;
  for (const InfoHash& hash : twins_)
    for (int i = 0; i < 230; ++i) announce(hash, endpoint4(peer++));
  for (size_t step = PeerList<Peer4>::kBlockLimit; step < 500; ++step) {
    const std::vector<uint32_t> found = addresses(step, kNothing);
    EXPECT_EQ(found.size(), peer) << step;
    EXPECT_EQ(std::set<uint32_t>(found.begin(), found.end()).size(), peer) << step;
  }
}

}  // namespace
}  // namespace ot
