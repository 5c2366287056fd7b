#include "state/state_loader.h"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include "unit/state/state_bytes.h"
#include "unit/support/scratch_folder.h"
#include "unit/swarm/table_contents.h"

namespace ot {
namespace {

using std::chrono::hours;
using std::chrono::milliseconds;
using std::chrono::minutes;
using std::chrono::seconds;

constexpr auto kAll = [](const InfoHash&) { return true; };

class StateLoaderTest : public testing::Test {
 protected:
  std::string write(ByteView file) { return folder_.write("peers", as_text(file)); }
  Result<StateLoad, StateLoadFault> load(PermitsTorrent permits = kAll) {
    return load_state(folder_.path("peers"), table_, clock_, permits);
  }
  TableContents contents() { return contents_of(table_, minute_of(clock_.now())); }

  ScratchFolder folder_;
  ManualClock clock_;
  TorrentTable table_{{}, SecretHash::from_seed(1)};
};

TEST_F(StateLoaderTest, RestoresTorrentsWithTheAgesOfTheirPeers) {
  write(small_state_file(clock_.wall_time()));
  clock_.advance(minutes(5) + seconds(3));
  const auto loaded = load();
  ASSERT_TRUE(loaded) << loaded.error().message;
  EXPECT_EQ(loaded->stored, (StateTotals{3, 9}));
  EXPECT_EQ(loaded->records, 3U);
  EXPECT_EQ(loaded->written_ago, minutes(5) + seconds(3));
  EXPECT_FALSE(loaded->is_all_too_old());
  const TableContents restored = contents();
  ASSERT_EQ(restored.size(), 3U);
  std::vector<PeerText> expected{peer_text(numbered_peer<Peer4>(0, true, 12)),
                                 peer_text(numbered_peer<Peer6>(0, false, 14))};
  std::sort(expected.begin(), expected.end());
  EXPECT_EQ(restored.at(numbered_hash(0)).peers, expected);
  EXPECT_EQ(restored.at(numbered_hash(2)).downloaded, 2U);
}

TEST_F(StateLoaderTest, CountsPeersAndTorrentsThatItLeavesOut) {
  write(small_state_file(clock_.wall_time()));
  clock_.advance(minutes(37));  // 44 minutes for IPv4 peers, 46 for IPv6 ones
  const InfoHash refused = numbered_hash(1);
  const auto loaded = load([&](const InfoHash& info_hash) { return info_hash != refused; });
  ASSERT_TRUE(loaded);
  EXPECT_EQ(loaded->stored, (StateTotals{2, 4}));
  EXPECT_EQ(loaded->too_old, 2U);
  EXPECT_EQ(loaded->not_allowed, 1U);
  EXPECT_FALSE(contents().contains(refused));
}

TEST_F(StateLoaderTest, AFileFromTheDistantPastIsAllTooOld) {
  write(small_state_file(clock_.wall_time() - hours(24 * 365 * 40)));
  const auto loaded = load();
  ASSERT_TRUE(loaded);
  EXPECT_EQ(loaded->stored, StateTotals{});
  EXPECT_EQ(loaded->too_old, 9U);
  EXPECT_TRUE(loaded->is_all_too_old());
  EXPECT_TRUE(contents().empty());
}

TEST_F(StateLoaderTest, AFileThatIsRefusedAsAWholeIsNotTooOld) {
  write(small_state_file(clock_.wall_time()));
  const auto loaded = load([](const InfoHash&) { return false; });
  ASSERT_TRUE(loaded);
  EXPECT_EQ(loaded->not_allowed, 3U);
  EXPECT_FALSE(loaded->is_all_too_old());
}

// Not even the good blocks before the damage are restored.
TEST_F(StateLoaderTest, ADamagedFileChangesNothing) {
  const std::vector<uint8_t> file = small_state_file(clock_.wall_time());
  const std::string path = write(ByteView(file).first(file.size() - 1));
  const auto loaded = load();
  ASSERT_FALSE(loaded);
  EXPECT_FALSE(loaded.error().is_missing);
  EXPECT_TRUE(loaded.error().is_damage);
  EXPECT_EQ(loaded.error().message,
            path + ", at byte " + std::to_string(file.size() - 1) + ": the file is cut short");
  EXPECT_EQ(table_.torrents(), 0U);
}

TEST_F(StateLoaderTest, TotalsThatDoNotMatchTheContentsAreDamage) {
  std::vector<uint8_t> file;
  StateFramer framer(file);
  framer.header(clock_.wall_time());
  framer.begin_block();
  encode_totals({1, 1}, file);
  framer.end_block(StateBlockKind::end, clock_.wall_time());
  write(file);
  const auto loaded = load();
  ASSERT_FALSE(loaded);
  EXPECT_TRUE(loaded.error().is_damage);
  EXPECT_TRUE(loaded.error().message.ends_with("the totals do not match the contents"));
}

TEST_F(StateLoaderTest, TellsAMissingFileFromOneThatIsNotOurs) {
  const auto missing = load();
  ASSERT_FALSE(missing);
  EXPECT_TRUE(missing.error().is_missing);
  EXPECT_FALSE(missing.error().is_damage);
  write(as_bytes("somebody else's notes, longer than a header"));
  const auto foreign = load();
  ASSERT_FALSE(foreign);
  EXPECT_FALSE(foreign.error().is_missing);
  EXPECT_FALSE(foreign.error().is_damage);
  EXPECT_EQ(foreign.error().message, folder_.path("peers") + ", at byte 0: not a state file");
}

TEST_F(StateLoaderTest, RefusesADirectoryAndAFifoWithoutWaiting) {
  const std::string directory = folder_.path("");
  EXPECT_EQ(load_state(directory, table_, clock_, kAll).error().message,
            directory + ": not a regular file");
  ASSERT_EQ(::mkfifo(folder_.path("peers").c_str(), 0600), 0);
  EXPECT_EQ(load().error().message, folder_.path("peers") + ": not a regular file");
}

TEST(StateLoad, TextNamesWhatWasLoadedAndWhatWasLeftOut) {
  StateLoad load{.stored = {1000, 2000}, .written_ago = seconds(12)};
  EXPECT_EQ(state_load_text(load, milliseconds(720)),
            "2000 peers of 1000 torrents loaded in 0.72 s, written 12 s ago");
  load.too_old = 5;
  load.no_room = 6;
  load.unusable = 8;
  load.not_allowed = 7;
  EXPECT_EQ(state_load_text(load, milliseconds(720)),
            "2000 peers of 1000 torrents loaded in 0.72 s, written 12 s ago; 5 peers were too old; "
            "7 torrents are refused by the access list; 6 peers were refused: no room for them; "
            "8 peers were left out: no peer can have that address or port");
}

}  // namespace
}  // namespace ot
