#include "dump/sorted_torrents.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <set>

#include "unit/swarm/numbered.h"

namespace ot {
namespace {

const std::atomic<bool> kNo{false};
const std::atomic<bool> kYes{true};

class SortedTorrentsTest : public testing::Test {
 protected:
  void announce(const InfoHash& hash, AnnounceEvent event = AnnounceEvent::none) {
    AnnounceRequest request;
    request.info_hash = hash;
    request.peer = endpoint4(1);
    request.event = event;
    table_.announce(request, table_.locate(hash), 0, 7, {}, random_);
  }
  void remove(const InfoHash& hash) { announce(hash, AnnounceEvent::stopped); }
  InfoHash random_hash() {
    InfoHash hash;
    for (uint8_t& byte : hash.bytes) byte = static_cast<uint8_t>(random_.next());
    return hash;
  }
  // All hashes that come, `between` being called before each.
  template <typename Between>
  std::vector<InfoHash> walk(SortedTorrents& sorted, Between between) {
    std::vector<InfoHash> found;
    while (const TorrentCopy* torrent = sorted.front({kNo, kNo})) {
      found.push_back(torrent->info_hash);
      sorted.pop();
      between(found.size());
    }
    return found;
  }
  std::vector<InfoHash> walk(size_t most = SortedTorrents::kMost) {
    SortedTorrents sorted(table_, most);
    return walk(sorted, [](size_t) {});
  }

  TorrentTable table_{{}, SecretHash::from_seed(1)};
  Random random_{1};
};

TEST_F(SortedTorrentsTest, AreNoneInAnEmptyTable) { EXPECT_TRUE(walk().empty()); }

TEST_F(SortedTorrentsTest, AreAllThereInOrder) {
  std::set<InfoHash> all;
  for (int i = 0; i < 20'000; ++i) all.insert(random_hash());
  for (const InfoHash& hash : all) announce(hash);
  EXPECT_TRUE(std::ranges::equal(walk(), all));
}

TEST_F(SortedTorrentsTest, CarryCountsAndTheMinuteOfTheLastAnnounce) {
  announce(random_hash());
  SortedTorrents sorted(table_);
  const TorrentCopy* torrent = sorted.front({kNo, kNo});
  ASSERT_NE(torrent, nullptr);
  EXPECT_EQ(torrent->counts.leechers, 1U);
  EXPECT_EQ(torrent->minute, 7U);
}

// Chosen hashes: all in one shard, and equal up to the last bytes.
TEST_F(SortedTorrentsTest, AreInOrderInAnOversizedShardToo) {
  std::vector<InfoHash> all;
  for (uint32_t i = 0; i < 3000; ++i) all.push_back(numbered_hash(i * 2654435761U, 0xff));
  std::ranges::sort(all);
  for (const InfoHash& hash : all) announce(hash);
  for (const size_t most : {20U, 1000U, 1499U, 1500U, 3000U, 3001U})
    EXPECT_EQ(walk(most), all) << most;
}

TEST_F(SortedTorrentsTest, ComeOnceWhateverChangesInBetween) {
  std::vector<InfoHash> steady;
  for (uint32_t i = 0; i < 4000; ++i) steady.push_back(numbered_hash(3 * i, 1));
  for (const InfoHash& hash : steady) announce(hash);
  SortedTorrents sorted(table_, 64);
  const std::vector<InfoHash> found = walk(sorted, [&](size_t) {
    const InfoHash other = numbered_hash(3 * random_.below(4000) + 1, 1);
    random_.below(2) == 0 ? announce(other) : remove(other);
  });
  EXPECT_TRUE(std::ranges::is_sorted(found));
  EXPECT_EQ(std::ranges::adjacent_find(found), found.end());
  EXPECT_TRUE(std::ranges::includes(found, steady));
}

TEST_F(SortedTorrentsTest, EndWhenCancelled) {
  announce(random_hash());
  SortedTorrents sorted(table_);
  EXPECT_EQ(sorted.front({kYes, kNo}), nullptr);
}

}  // namespace
}  // namespace ot
