#include "swarm/sole_writer.h"

#include <gtest/gtest.h>

#include <optional>
#include <vector>

#include "unit/swarm/numbered.h"

namespace ot {
namespace {

constexpr uint32_t kTorrents = 6;
// Few, so that half of the announces come to the shard whose copies wait.
constexpr uint32_t kShards = 2;
constexpr size_t kRoom4 = 50 * kCompactPeer4;
constexpr size_t kRoom6 = 50 * kCompactPeer6;

struct Reply {
  std::vector<uint8_t> v4 = std::vector<uint8_t>(kRoom4);
  std::vector<uint8_t> v6 = std::vector<uint8_t>(kRoom6);
  AnnounceOutcome outcome;

  PeerBuffers buffers() { return {v4, v6}; }
};

// The same announces to a table without a writer, and to one through its writer.
class LateCopies : public testing::TestWithParam<uint32_t> {
 protected:
  // In swarms of that many peers: in the slot, in one block, in a directory of blocks.
  AnnounceRequest draw() {
    const uint32_t torrent = dice_.below(kTorrents);
    const uint32_t peer = dice_.below(GetParam());
    AnnounceRequest request;
    request.info_hash = numbered_hash(torrent, static_cast<uint8_t>(torrent % kShards));
    // One torrent in three has peers of one family.
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
    std::vector<Reply> late(size);
    for (size_t i = 0; i < size; ++i) {
      const AnnounceRequest request = draw();
      const TorrentPlace place = table_.locate(request.info_hash);
      const uint32_t numwant = dice_.below(51);
      at_once[i].outcome =
          table_.announce(request, place, numwant, now, at_once[i].buffers(), random_);
      late[i].outcome =
          writer_.announce_ahead(request, place, numwant, now, late[i].buffers(), writer_random_);
    }
    writer_.finish();
    for (size_t i = 0; i < size; ++i) {
      ASSERT_EQ(at_once[i].outcome.v4_bytes, late[i].outcome.v4_bytes);
      ASSERT_EQ(at_once[i].outcome.v6_bytes, late[i].outcome.v6_bytes);
      ASSERT_EQ(at_once[i].outcome.swarm, late[i].outcome.swarm);
      ASSERT_EQ(at_once[i].v4, late[i].v4) << "announce " << i << " of " << size;
      ASSERT_EQ(at_once[i].v6, late[i].v6) << "announce " << i << " of " << size;
      peers_told_ += late[i].outcome.v4_bytes / kCompactPeer4;
    }
  }

  TorrentTable table_{{}, SecretHash::from_seed(1)};
  TorrentTable written_{{}, SecretHash::from_seed(1)};
  SoleWriter writer_{written_};
  Random random_{2};
  Random writer_random_{2};
  Random dice_{3};
  uint64_t peers_told_ = 0;
};

TEST_P(LateCopies, AreTheSameAsCopiesMadeAtOnce) {
  for (uint32_t batch = 0; batch < 3'000; ++batch) {
    ASSERT_NO_FATAL_FAILURE(serve_batch(1 + dice_.below(32), batch / 20));
  }
  EXPECT_GT(peers_told_, 10'000U);
}

INSTANTIATE_TEST_SUITE_P(SwarmsOf, LateCopies, testing::Values(6, 150, 2'000));

class SoleWriterTest : public testing::Test {
 protected:
  void announce(uint32_t peer) {
    const AnnounceRequest request = request_of(peer);
    table_.announce(request, table_.locate(request.info_hash), 0, 0, {}, random_);
  }
  void announce_ahead(SoleWriter& writer, uint32_t peer) {
    const AnnounceRequest request = request_of(peer);
    writer.announce_ahead(request, table_.locate(request.info_hash), 10, 0, {v4_, {}}, random_);
  }
  static AnnounceRequest request_of(uint32_t peer) {
    AnnounceRequest request;
    request.info_hash = numbered_hash(1);
    request.peer = endpoint4(peer);
    return request;
  }

  TorrentTable table_{{}, SecretHash::from_seed(1)};
  Random random_{1};
  std::array<uint8_t, 10 * kCompactPeer4> v4_{};
};

TEST_F(SoleWriterTest, FindsOutWhetherATorrentIsThere) {
  SoleWriter writer(table_);
  const AnnounceRequest request = request_of(1);
  EXPECT_FALSE(writer.prefetch_peers(request, table_.locate(request.info_hash)));
  announce(1);
  EXPECT_TRUE(writer.prefetch_peers(request, table_.locate(request.info_hash)));
}

TEST_F(SoleWriterTest, MayBeMadeAgainWhenTheOneBeforeIsGone) {
  for (uint32_t peer = 0; peer < 3; ++peer) {
    SoleWriter writer(table_);
    announce_ahead(writer, peer);
    writer.finish();
  }
  EXPECT_EQ(table_.peers(), 3U);
}

TEST_F(SoleWriterTest, ItsThreadMayChangeTheTableOtherwiseWhenNoCopiesWait) {
  SoleWriter writer(table_);
  announce(1);
  announce_ahead(writer, 2);
  writer.finish();
  announce(3);
  EXPECT_TRUE(table_.remove(numbered_hash(1)));
}

using SoleWriterDeathTest = SoleWriterTest;

TEST_F(SoleWriterDeathTest, ThereIsNoSecondOne) {
  const SoleWriter writer(table_);
  EXPECT_DEATH(const SoleWriter second(table_), "other == nullptr");
}

TEST_F(SoleWriterDeathTest, NoOtherThreadMayChangeTheTable) {
  std::optional<SoleWriter> writer(table_);
  const auto announce_elsewhere = [this] { std::thread([this] { announce(1); }).join(); };
  EXPECT_DEATH(announce_elsewhere(), "may_change");
  writer.reset();
  announce_elsewhere();
  EXPECT_EQ(table_.peers(), 1U);
}

TEST_F(SoleWriterDeathTest, NothingElseMayChangeTheTableWhileCopiesWait) {
  SoleWriter writer(table_);
  announce_ahead(writer, 1);
  SweepCursor cursor;
  EXPECT_DEATH(announce(2), "may_change");
  EXPECT_DEATH(table_.sweep(cursor, 0, 100), "may_change");
  EXPECT_DEATH(table_.remove(numbered_hash(1)), "may_change");
  writer.finish();
}

}  // namespace
}  // namespace ot
