// Peers that are copied one announce behind are those that would have been copied at once, whatever
// happens to their swarms in between.
#include <gtest/gtest.h>

#include <vector>

#include "swarm/torrent_table.h"
#include "unit/swarm/numbered.h"

namespace ot {
namespace {

constexpr uint32_t kTorrents = 6;
constexpr uint32_t kShards = 2;  // so that half of the announces meet one of their shard that waits
constexpr size_t kRoom4 = 50 * kCompactPeer4;
constexpr size_t kRoom6 = 50 * kCompactPeer6;

struct Reply {
  std::vector<uint8_t> v4 = std::vector<uint8_t>(kRoom4);
  std::vector<uint8_t> v6 = std::vector<uint8_t>(kRoom6);
  AnnounceOutcome outcome;

  PeerBuffers buffers() { return {v4, v6}; }
};

class HandoutQueueTest : public testing::TestWithParam<uint32_t> {
 protected:
  // Of swarms of that size: inline, one block, a directory of blocks.
  AnnounceRequest draw() {
    const uint32_t torrent = dice_.below(kTorrents);
    const uint32_t peer = dice_.below(GetParam());
    AnnounceRequest request;
    request.info_hash = numbered_hash(torrent, static_cast<uint8_t>(torrent % kShards));
    // One torrent in three is of one family.
    const bool is_v4 = torrent % 3 == 0 || dice_.below(3) != 0;
    request.peer = is_v4 ? endpoint4(peer) : endpoint6(peer);
    request.seeding = dice_.below(3) == 0;
    constexpr std::array kEvents{AnnounceEvent::none, AnnounceEvent::none, AnnounceEvent::started,
                                 AnnounceEvent::stopped, AnnounceEvent::completed};
    request.event = kEvents[dice_.below(kEvents.size())];
    return request;
  }

  void serve_batch(size_t size, Minute now) {
    std::vector<Reply> at_once(size);
    std::vector<Reply> behind(size);
    for (size_t i = 0; i < size; ++i) {
      const AnnounceRequest request = draw();
      const TorrentTable::Place place = table_.locate(request.info_hash);
      const uint32_t numwant = dice_.below(51);
      at_once[i].outcome =
          table_.announce(request, place, numwant, now, at_once[i].buffers(), random_);
      behind[i].outcome = ahead_.announce_ahead(request, place, numwant, now, behind[i].buffers(),
                                                queue_, ahead_random_);
    }
    queue_.write();
    for (size_t i = 0; i < size; ++i) {
      ASSERT_EQ(at_once[i].outcome.v4_bytes, behind[i].outcome.v4_bytes);
      ASSERT_EQ(at_once[i].outcome.v6_bytes, behind[i].outcome.v6_bytes);
      ASSERT_EQ(at_once[i].outcome.swarm, behind[i].outcome.swarm);
      ASSERT_EQ(at_once[i].v4, behind[i].v4) << "announce " << i << " of " << size;
      ASSERT_EQ(at_once[i].v6, behind[i].v6) << "announce " << i << " of " << size;
      peers_told_ += behind[i].outcome.v4_bytes / kCompactPeer4;
    }
  }

  TorrentTable table_{{}, SecretHash::from_seed(1)};
  TorrentTable ahead_{{}, SecretHash::from_seed(1)};
  Random random_{2};
  Random ahead_random_{2};
  Random dice_{3};
  HandoutQueue queue_;
  uint64_t peers_told_ = 0;
};

TEST_P(HandoutQueueTest, CopiesWhatWasChosen) {
  for (uint32_t batch = 0; batch < 3'000; ++batch) {
    ASSERT_NO_FATAL_FAILURE(serve_batch(1 + dice_.below(32), batch / 20));
  }
  EXPECT_GT(peers_told_, 10'000U);
}

INSTANTIATE_TEST_SUITE_P(SwarmsOf, HandoutQueueTest, testing::Values(6, 150, 2'000));

}  // namespace
}  // namespace ot
