#include "dump/body.h"

#include <gtest/gtest.h>

#include <thread>

#include "unit/support/bencode_decoder.h"
#include "unit/support/gunzip.h"
#include "unit/swarm/numbered.h"

namespace ot {
namespace {

const std::atomic<bool> kNo{false};
const std::atomic<bool> kYes{true};

class DumpBodyTest : public testing::Test {
 protected:
  static InfoHash hash(uint32_t number) {
    return numbered_hash(number, static_cast<uint8_t>(number * 37));
  }
  void announce(uint32_t torrent, uint32_t peer, bool seeding = false,
                AnnounceEvent event = AnnounceEvent::none) {
    AnnounceRequest request;
    request.info_hash = hash(torrent);
    request.peer = endpoint4(peer);
    request.seeding = seeding;
    request.event = event;
    table_.announce(request, table_.locate(request.info_hash), 0, minute_of(clock_.now()), {},
                    random_);
  }
  std::string body(DumpKind kind) {
    DumpBody body(table_, clock_, kind);
    std::string text;
    pieces_ = 0;
    while (!body.has_ended()) {
      EXPECT_TRUE(body.make_piece({kNo, kNo}));
      const ReplyPiece piece = body.take_piece();
      EXPECT_LE(piece->size(), DumpBody::kPieceText + 64);
      text.append(piece->begin(), piece->end());
      ++pieces_;
    }
    EXPECT_EQ(body.shards_done(), TorrentTable::kShards);
    return text;
  }

  ManualClock clock_;
  TorrentTable table_{{}, SecretHash::from_seed(1)};
  Random random_{1};
  int pieces_ = 0;
};

TEST_F(DumpBodyTest, IsAnEmptyDocumentForAnEmptyTable) {
  EXPECT_EQ(body({DumpFormat::ben, false}), "d5:filesdee");
  EXPECT_EQ(gunzip(body({DumpFormat::ben, true})), "d5:filesdee");
  for (const auto format : {DumpFormat::bin, DumpFormat::txt, DumpFormat::statedump})
    EXPECT_EQ(body({format, false}), "");
}

TEST_F(DumpBodyTest, IsValidBencodingOfWhatScrapesSay) {
  for (int i = 0; i < 30'000; ++i) {
    const auto event = random_.below(3) == 0 ? AnnounceEvent::completed : AnnounceEvent::none;
    announce(random_.below(10'000), random_.below(100), event == AnnounceEvent::completed, event);
  }
  const std::string text = body({DumpFormat::ben, false});
  EXPECT_GT(pieces_, 2);
  const auto document = BencodeDecoder::decode(text);
  ASSERT_TRUE(document.has_value());
  const auto& files = (*document)["files"].dict;
  EXPECT_EQ(files.size(), table_.torrents());
  for (uint32_t i = 0; i < 10'000; ++i) {
    const std::string key(as_text(ByteView(hash(i).bytes)));
    const SwarmCounts counts =
        table_.scrape(hash(i), table_.locate(hash(i)), minute_of(clock_.now()));
    if (files.count(key) == 0) continue;
    EXPECT_EQ(files.at(key)["complete"].integer, counts.seeders);
    EXPECT_EQ(files.at(key)["incomplete"].integer, counts.leechers);
    EXPECT_EQ(files.at(key)["downloaded"].integer, counts.downloaded);
  }
}

TEST_F(DumpBodyTest, IsTheSameUnderGzip) {
  for (uint32_t i = 0; i < 12'000; ++i) announce(i, i);
  for (const auto format : {DumpFormat::ben, DumpFormat::bin, DumpFormat::txtp})
    EXPECT_EQ(gunzip(body({format, true})), body({format, false}));
}

TEST_F(DumpBodyTest, HasARowForEachTorrent) {
  for (uint32_t i = 0; i < 5000; ++i) announce(i, i);
  EXPECT_EQ(body({DumpFormat::bin, false}).size(), 5000U * 28);
  const std::string text = body({DumpFormat::txt, false});
  EXPECT_EQ(std::ranges::count(text, '\n'), 5000);
}

TEST_F(DumpBodyTest, DatesTheLastAnnounceInMinutesOfUnixTime) {
  announce(1, 1);
  const auto then = clock_.wall_time();
  clock_.advance(std::chrono::minutes(30));
  const auto minute = std::chrono::floor<std::chrono::minutes>(then.time_since_epoch()).count();
  const std::string text = body({DumpFormat::statedump, false});
  EXPECT_EQ(text.substr(40), ":" + std::to_string(minute) + ":0\n");
}

TEST_F(DumpBodyTest, DatesAnAnnounceOfTheNextMinuteInThisOne) {
  clock_.advance(std::chrono::minutes(1));
  announce(1, 1);
  clock_.advance(-std::chrono::minutes(1));
  const auto now = std::chrono::floor<std::chrono::minutes>(clock_.wall_time().time_since_epoch());
  EXPECT_EQ(body({DumpFormat::statedump, false}).substr(40),
            ":" + std::to_string(now.count()) + ":0\n");
}

TEST_F(DumpBodyTest, FailsWhenCancelled) {
  announce(1, 1);
  DumpBody body(table_, clock_, {});
  EXPECT_FALSE(body.make_piece({kYes, kNo}));
}

TEST_F(DumpBodyTest, IsValidWhileAnnouncesGoOn) {
  for (uint32_t i = 0; i < 4000; ++i) announce(2 * i, i);
  std::atomic<bool> done = false;
  std::thread announcer([&] {
    for (uint32_t i = 0; !done; ++i)
      announce(i % 9000, i % 7, false, i % 3 == 0 ? AnnounceEvent::stopped : AnnounceEvent::none);
  });
  for (int i = 0; i < 2; ++i) {
    const auto text = gunzip(body({DumpFormat::ben, true}));
    ASSERT_TRUE(text.has_value());
    EXPECT_TRUE(BencodeDecoder::decode(*text).has_value());
  }
  done = true;
  announcer.join();
}

}  // namespace
}  // namespace ot
