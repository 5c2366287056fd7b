#include "state/state_writer.h"

#include <gtest/gtest.h>
#include <sys/resource.h>
#include <sys/stat.h>

#include <csignal>
#include <thread>

#include "state/state_loader.h"
#include "unit/state/state_bytes.h"
#include "unit/support/scratch_folder.h"
#include "unit/swarm/table_contents.h"

namespace ot {
namespace {

using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;

// A clock whose wall time can be set, and which advances a little each time it is read.
class TwoClocks final : public Clock {
 public:
  [[nodiscard]] MonotonicTime now() const override {
    advance(std::chrono::nanoseconds(300));
    return monotonic;
  }
  [[nodiscard]] WallTime wall_time() const override {
    advance(std::chrono::nanoseconds(700));
    return wall;
  }
  void advance(Duration by) const {
    monotonic += by;
    wall += by;
  }
  mutable MonotonicTime monotonic{hours(3)};
  mutable WallTime wall{hours(24 * 365 * 50)};
};

constexpr auto kAll = [](const InfoHash&) { return true; };

class StateWriterTest : public testing::Test {
 protected:
  void announce(uint32_t torrent, const Endpoint& peer, bool seeding = false) {
    AnnounceRequest request;
    request.info_hash = numbered_hash(torrent, static_cast<uint8_t>(torrent));
    request.peer = peer;
    request.seeding = seeding;
    request.event = seeding ? AnnounceEvent::completed : AnnounceEvent::none;
    table_.announce(request, table_.locate(request.info_hash), 0, minute(), {}, random_);
  }
  void fill(uint32_t torrents) {
    for (uint32_t n = 0; n < torrents; ++n) {
      announce(n, endpoint4(n));
      if (n % 3 == 0) announce(n, endpoint6(n), true);
    }
  }
  [[nodiscard]] Minute minute() const { return minute_of(clock_.now()); }
  Result<bool, SystemError> write_all(StateWriter& writer) {
    auto stepped = writer.step();
    while (stepped && *stepped) stepped = writer.step();
    return stepped;
  }
  void write() {
    StateWriter writer(table_, clock_, names_);
    const auto written = write_all(writer);
    ASSERT_TRUE(written) << written.error().message();
  }
  [[nodiscard]] bool exists(const std::string& path) const {
    return ::access(path.c_str(), F_OK) == 0;
  }
  // Of the file being written, or already in place.
  [[nodiscard]] uint64_t size_on_disk() const {
    return std::filesystem::file_size(exists(names_.fresh) ? names_.fresh : names_.current);
  }
  // What a tracker's table contains if it starts now and loads the file.
  TableContents restarted(StateLoad* load = nullptr, PermitsTorrent permits = kAll) {
    TorrentTable other({}, SecretHash::from_seed(9));
    const auto loaded = load_state(names_.current, other, clock_, permits);
    EXPECT_TRUE(loaded) << loaded.error().message;
    if (loaded && load != nullptr) *load = *loaded;
    return contents_of(other, minute());
  }

  TwoClocks clock_;
  Random random_{1};
  TorrentTable table_{{}, SecretHash::from_seed(1)};
  ScratchFolder folder_;
  StateNames names_{folder_.path("peers")};
};

TEST_F(StateWriterTest, ARestartedTrackerHasTheSamePeers) {
  fill(20'000);
  for (uint32_t n = 0; n < 10'000; ++n) announce(1, endpoint4(n + 100'000));
  StateWriter writer(table_, clock_, names_);
  const auto written = write_all(writer);
  ASSERT_TRUE(written) << written.error().message();
  EXPECT_EQ(writer.written().totals, (StateTotals{20'000, table_.peers()}));
  EXPECT_EQ(std::filesystem::file_size(names_.current), writer.written().bytes);
  StateLoad load;
  EXPECT_EQ(restarted(&load), contents_of(table_, minute()));
  EXPECT_EQ(load.stored, writer.written().totals);
  struct stat status = {};
  ASSERT_EQ(::stat(names_.current.c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 0777U, 0600U);
  EXPECT_FALSE(exists(names_.fresh));
}

TEST_F(StateWriterTest, AnEmptyTableGivesAFileToo) {
  write();
  EXPECT_TRUE(restarted().empty());
}

TEST_F(StateWriterTest, SlicesAreBounded) {
  for (uint32_t n = 0; n < 300'000; ++n) announce(n % 10, endpoint4(n));
  StateWriter writer(table_, clock_, names_);
  uint64_t before = 0;
  int slices = 0;
  for (auto more = writer.step(); more && *more; more = writer.step(), ++slices) {
    const uint64_t size = size_on_disk();
    EXPECT_LE(size - before, (size_t{1} << 20U) + kMaxStatePayload + kStateBlockHead);
    before = size;
  }
  EXPECT_GE(slices, 5);
}

TEST_F(StateWriterTest, KeepsThePreviousGeneration) {
  fill(10);
  write();
  const auto first = std::filesystem::file_size(names_.current);
  fill(100);
  write();
  EXPECT_EQ(std::filesystem::file_size(names_.old), first);
  EXPECT_GT(std::filesystem::file_size(names_.current), first);
}

TEST_F(StateWriterTest, TimeDownCountsTowardsAges) {
  announce(1, endpoint4(1));
  clock_.advance(minutes(10) + seconds(50));
  announce(1, endpoint4(2));
  write();
  clock_.advance(minutes(34));
  const auto contents = restarted();
  EXPECT_EQ(contents, contents_of(table_, minute()));
  ASSERT_EQ(contents.size(), 1U);
  clock_.advance(minutes(2));
  StateLoad load;
  EXPECT_EQ(restarted(&load).begin()->second.peers.size(), 1U);
  EXPECT_EQ(load.too_old, 1U);
  EXPECT_EQ(std::chrono::floor<minutes>(load.written_ago), minutes(36));
}

TEST_F(StateWriterTest, AgesDoNotDriftOverManyRestarts) {
  announce(1, endpoint4(1));
  for (int restart = 0; restart < 90; ++restart) {
    clock_.advance(seconds(20));
    write();
    clock_.advance(seconds(5));
    TorrentTable next({}, SecretHash::from_seed(7));
    ASSERT_TRUE(load_state(names_.current, next, clock_, kAll));
    StateWriter writer(next, clock_, names_);
    ASSERT_TRUE(write_all(writer));
    EXPECT_EQ(contents_of(next, minute()), contents_of(table_, minute()));
  }
}

TEST_F(StateWriterTest, AgesSurviveARebootThatResetsTheMonotonicClock) {
  announce(1, endpoint4(1));
  clock_.advance(minutes(5));
  write();
  clock_.wall += minutes(10);
  clock_.monotonic = MonotonicTime(seconds(10));
  const std::vector<PeerText> expected{peer_text(numbered_peer<Peer4>(1, false, 15))};
  EXPECT_EQ(restarted().begin()->second.peers, expected);
}

TEST_F(StateWriterTest, AWallClockThatWasSetBackLeavesAgesAsTheyWere) {
  announce(1, endpoint4(1));
  clock_.advance(minutes(5));
  write();
  clock_.wall -= hours(1000);
  StateLoad load;
  const std::vector<PeerText> expected{peer_text(numbered_peer<Peer4>(1, false, 5))};
  EXPECT_EQ(restarted(&load).begin()->second.peers, expected);
  EXPECT_EQ(load.written_ago, Duration(0));
}

TEST_F(StateWriterTest, TorrentsTheListRefusesAreNotRestored) {
  fill(10);
  write();
  StateLoad load;
  const InfoHash refused = numbered_hash(3, 3);
  const auto contents =
      restarted(&load, [&](const InfoHash& info_hash) { return info_hash != refused; });
  EXPECT_EQ(contents.size(), 9U);
  EXPECT_FALSE(contents.contains(refused));
  EXPECT_EQ(load.not_allowed, 1U);
}

// A limit on the file size acts like a full disk: one write is short and the next one fails.
TEST_F(StateWriterTest, AFailedWriteLeavesThePreviousFileUnchanged) {
  fill(10);
  write();
  const TableContents before = restarted();
  fill(50'000);
  const auto old_handler = std::signal(SIGXFSZ, SIG_IGN);
  rlimit limit{};
  ::getrlimit(RLIMIT_FSIZE, &limit);
  const rlimit small{1'000'000, limit.rlim_max};
  ::setrlimit(RLIMIT_FSIZE, &small);
  StateWriter writer(table_, clock_, names_);
  const auto written = write_all(writer);
  ::setrlimit(RLIMIT_FSIZE, &limit);
  std::signal(SIGXFSZ, old_handler);
  ASSERT_FALSE(written);
  EXPECT_EQ(written.error().message(), "write " + names_.fresh + ": File too large");
  EXPECT_FALSE(exists(names_.fresh));
  EXPECT_EQ(restarted(), before);
}

TEST_F(StateWriterTest, IfTheSecondRenameFailsTheFirstIsUndone) {
  fill(10);
  write();
  const TableContents before = restarted();
  fill(20);
  StateWriter writer(table_, clock_, names_);
  while (!exists(names_.fresh)) ASSERT_TRUE(writer.step());
  ASSERT_EQ(::unlink(names_.fresh.c_str()), 0);
  const auto written = write_all(writer);
  ASSERT_FALSE(written);
  EXPECT_EQ(written.error().message(),
            "rename " + names_.fresh + " to " + names_.current + ": No such file or directory");
  EXPECT_FALSE(writer.is_in_place());
  EXPECT_EQ(restarted(), before);
}

TEST_F(StateWriterTest, AMissingDirectoryIsNamed) {
  StateWriter writer(table_, clock_, StateNames(folder_.path("no/peers")));
  EXPECT_EQ(write_all(writer).error().message(),
            "open " + folder_.path("no/peers.new") + ": No such file or directory");
}

TEST_F(StateWriterTest, AnUnfinishedFileIsReplacedAndADestroyedWriterLeavesNone) {
  folder_.write("peers.new", "half a file");
  write();
  EXPECT_FALSE(exists(names_.fresh));
  fill(10);
  {
    StateWriter writer(table_, clock_, names_);
    ASSERT_TRUE(writer.step());
    EXPECT_TRUE(exists(names_.fresh));
  }
  EXPECT_FALSE(exists(names_.fresh));
  EXPECT_TRUE(restarted().empty());
}

TEST_F(StateWriterTest, AnAbandonedWriteLeavesNothingAndStepsNoFurther) {
  fill(10);
  StateWriter writer(table_, clock_, names_);
  ASSERT_TRUE(writer.step());
  ASSERT_TRUE(exists(names_.fresh));
  writer.abandon();
  EXPECT_FALSE(exists(names_.fresh));
  const auto stepped = writer.step();
  ASSERT_TRUE(stepped);
  EXPECT_FALSE(*stepped);
  EXPECT_FALSE(exists(names_.fresh));
  EXPECT_FALSE(exists(names_.current));
}

TEST_F(StateWriterTest, AbandoningACompleteWriteKeepsTheFile) {
  fill(10);
  StateWriter writer(table_, clock_, names_);
  ASSERT_TRUE(write_all(writer));
  writer.abandon();
  EXPECT_EQ(restarted().size(), 10U);
  EXPECT_EQ(writer.written().totals.torrents, 10U);
}

// Mainly for ThreadSanitizer.
TEST_F(StateWriterTest, AnotherThreadMayAbandonAWriteDuringASlice) {
  for (uint32_t n = 0; n < 100'000; ++n) announce(n % 10, endpoint4(n));
  StateWriter writer(table_, clock_, names_);
  std::thread worker([&writer] {
    for (auto more = writer.step(); more && *more;) more = writer.step();
  });
  while (!exists(names_.fresh) && !exists(names_.current)) std::this_thread::yield();
  writer.abandon();
  EXPECT_FALSE(exists(names_.fresh));
  worker.join();
  EXPECT_FALSE(exists(names_.fresh));
}

}  // namespace
}  // namespace ot
