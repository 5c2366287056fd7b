#include "swarm/shard.h"

#include <gtest/gtest.h>

#include <map>
#include <vector>

#include "unit/swarm/numbered.h"

namespace ot {
namespace {

constexpr uint32_t kNumber = 7;

// With a walk that takes out the torrents without downloads.
class TestShard : public Shard {
 public:
  template <typename See>
  bool erase_walk(SweepCursor& cursor, size_t slots, See see) OT_REQUIRES(mutex) {
    return walk(cursor, slots, [&](Torrent& torrent) OT_REQUIRES(mutex) {
      see(torrent.info_hash());
      TorrentPeers none{};
      return settle(torrent, {}, none) ? WalkStep::erased : WalkStep::next;
    });
  }
};

class ShardTest : public testing::Test {
 protected:
  explicit ShardTest(const TableOptions& options = {})
      : commons_(options, SecretHash::from_seed(1)) {
    shard_.attach(commons_, kNumber);
  }

  [[nodiscard]] TorrentPlace place_of(const InfoHash& hash) const {
    return {kNumber, commons_.hash(hash.bytes)};
  }
  void add(uint32_t torrent, uint32_t downloaded) {
    const MutexLock lock(shard_.mutex);
    const InfoHash hash = numbered_hash(torrent);
    Torrent* added = shard_.add(hash, place_of(hash));
    ASSERT_NE(added, nullptr);
    added->downloaded = downloaded;
  }
  AnnounceOutcome announce(uint32_t torrent, const Endpoint& peer, Minute now,
                           AnnounceEvent event = AnnounceEvent::none) {
    AnnounceRequest request;
    request.info_hash = numbered_hash(torrent);
    request.peer = peer;
    request.event = event;
    PeerCopies copies;
    const MutexLock lock(shard_.mutex);
    return shard_.announce(request, place_of(request.info_hash), 0, now, {}, copies, random_);
  }
  [[nodiscard]] bool is_there(uint32_t torrent, Minute now) {
    const MutexLock lock(shard_.mutex);
    const InfoHash hash = numbered_hash(torrent);
    return shard_.find_clean(hash, place_of(hash), now) != nullptr;
  }
  // One step of a walk; true if it was the rest of the shard.
  template <typename Use>
  bool walk(SweepCursor& cursor, size_t slots, Use use) {
    const MutexLock lock(shard_.mutex);
    return shard_.walk(cursor, slots, use);
  }

  TableCommons commons_;
  TestShard shard_;
  Random random_{1};
};

TEST_F(ShardTest, CountsWhatAnnouncesDo) {
  for (uint32_t peer = 0; peer < 500; ++peer) announce(peer % 20, endpoint4(peer), 0);
  EXPECT_EQ(commons_.torrents, 20U);
  EXPECT_EQ(commons_.peers, 500U);
  for (uint32_t peer = 0; peer < 500; ++peer)
    announce(peer % 20, endpoint4(peer), 0, AnnounceEvent::stopped);
  EXPECT_EQ(commons_.torrents, 0U);
  EXPECT_EQ(commons_.peers, 0U);
  const MutexLock lock(shard_.mutex);
  EXPECT_EQ(shard_.torrents(), 0U);
  EXPECT_EQ(shard_.peers(), 0U);
}

TEST_F(ShardTest, FindCleanRemovesStalePeersAndTheirTorrent) {
  announce(1, endpoint4(1), 100);
  announce(2, endpoint6(2), 100);
  EXPECT_TRUE(is_there(1, 145));
  EXPECT_TRUE(is_there(2, 145));
  EXPECT_FALSE(is_there(1, 146));
  EXPECT_FALSE(is_there(2, 146));
  EXPECT_EQ(commons_.torrents, 0U);
}

TEST_F(ShardTest, AWalkComesToEachTorrentOnceInStepsOfAnySize) {
  for (uint32_t torrent = 0; torrent < 1000; ++torrent) add(torrent, 1);
  for (const size_t step : {size_t{1}, size_t{7}, size_t{100'000}}) {
    std::map<InfoHash, int> times;
    SweepCursor cursor{.shard = kNumber};
    const auto count = [&](const Torrent& torrent) {
      ++times[torrent.info_hash()];
      return WalkStep::next;
    };
    while (!walk(cursor, step, count)) continue;
    EXPECT_EQ(cursor, SweepCursor{.shard = kNumber + 1});
    EXPECT_EQ(times.size(), 1000U);
    for (const auto& [hash, number] : times) EXPECT_EQ(number, 1);
  }
}

TEST_F(ShardTest, AWalkComesBackToTheTorrentItHasLeft) {
  for (uint32_t torrent = 0; torrent < 100; ++torrent) add(torrent, 1);
  std::vector<InfoHash> left;
  std::vector<InfoHash> done;
  SweepCursor cursor{.shard = kNumber};
  // Leaves each torrent twice, with blocks to do, before it is done.
  const auto leave_twice = [&](const Torrent& torrent) {
    if (cursor.blocks_left == 0) cursor.blocks_left = 3;
    if (--cursor.blocks_left != 0) {
      left.push_back(torrent.info_hash());
      return WalkStep::leave;
    }
    done.push_back(torrent.info_hash());
    return WalkStep::next;
  };
  while (!walk(cursor, 1000, leave_twice)) continue;
  ASSERT_EQ(done.size(), 100U);
  ASSERT_EQ(left.size(), 200U);
  for (size_t i = 0; i < done.size(); ++i) {
    EXPECT_EQ(left[2 * i], done[i]);
    EXPECT_EQ(left[2 * i + 1], done[i]);
  }
}

TEST_F(ShardTest, AWalkThatErasesMissesNothing) {
  for (uint32_t torrent = 0; torrent < 1000; ++torrent) add(torrent, torrent % 3);
  std::map<InfoHash, int> times;
  SweepCursor cursor{.shard = kNumber};
  bool is_through = false;
  while (!is_through) {
    const MutexLock lock(shard_.mutex);
    is_through =
        shard_.erase_walk(cursor, 10, [&](const InfoHash& info_hash) { ++times[info_hash]; });
  }
  EXPECT_EQ(times.size(), 1000U);
  for (const auto& [hash, number] : times) EXPECT_EQ(number, 1);
  EXPECT_EQ(commons_.torrents, 666U);
}

Endpoint endpoint(std::string_view address) { return {*IpAddress::parse(address), 6881}; }

TEST_F(ShardTest, AMartianIsCountedInItsReplyAndChangesNothing) {
  for (const char* address : {"169.254.1.1", "240.1.2.3", "0.0.0.7", "fe80::1", "ff02::1"}) {
    const AnnounceOutcome alone = announce(1, endpoint(address), 0, AnnounceEvent::completed);
    EXPECT_EQ(alone.change, PeerChange::martian) << address;
    EXPECT_EQ(alone.swarm, (SwarmCounts{0, 1, 0}));
    EXPECT_FALSE(is_there(1, 0));
  }
  announce(1, endpoint4(1), 0);
  for (const char* address : {"169.254.1.1", "fe80::1"}) {
    EXPECT_EQ(announce(1, endpoint(address), 0).swarm, (SwarmCounts{0, 2, 0}));
    EXPECT_EQ(commons_.peers, 1U);
    EXPECT_EQ(announce(1, endpoint(address), 0, AnnounceEvent::stopped).swarm,
              (SwarmCounts{0, 1, 0}));
  }
  EXPECT_EQ(commons_.peers, 1U);
  for (const char* address : {"127.0.0.1", "10.0.0.1", "192.0.2.1", "2001:db8::1", "::1"})
    EXPECT_EQ(announce(2, endpoint(address), 0).change, PeerChange::added) << address;
}

class LimitedShardTest : public ShardTest {
 protected:
  LimitedShardTest() : ShardTest({.max_peers = 10, .max_peers_per_torrent = 4}) {}
};

TEST_F(LimitedShardTest, HasRoomForWhatTheLimitsLeave) {
  TorrentPeers none{};
  EXPECT_EQ(commons_.room_for(none), 4U);
  for (uint32_t peer = 0; peer < 4; ++peer)
    EXPECT_EQ(announce(1, endpoint4(peer), 0).change, PeerChange::added);
  EXPECT_EQ(announce(1, endpoint4(4), 0).change, PeerChange::refused);
  for (uint32_t torrent = 2; torrent < 8; ++torrent) {
    EXPECT_EQ(commons_.room_for(none), std::min<uint64_t>(4, 8 - torrent));
    EXPECT_EQ(announce(torrent, endpoint4(1), 0).change, PeerChange::added);
  }
  EXPECT_TRUE(commons_.is_full());
  EXPECT_EQ(announce(8, endpoint4(1), 0).change, PeerChange::refused);
  EXPECT_EQ(commons_.torrents, 7U);
}

}  // namespace
}  // namespace ot
