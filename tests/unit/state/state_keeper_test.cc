#include "state/state_keeper.h"

#include <gtest/gtest.h>
#include <zlib.h>

#include <thread>

#include "state/state_writer.h"
#include "unit/net/loopback.h"
#include "unit/state/state_bytes.h"
#include "unit/support/collected_log.h"
#include "unit/support/scratch_folder.h"
#include "unit/swarm/table_contents.h"

namespace ot {
namespace {

using std::chrono::milliseconds;

constexpr auto kAll = [](const InfoHash&) { return true; };
constexpr auto kNever = [] { return false; };

class StateKeeperTest : public testing::Test {
 protected:
  void announce(uint32_t torrent, const Endpoint& peer) {
    AnnounceRequest request;
    request.info_hash = numbered_hash(torrent, static_cast<uint8_t>(torrent));
    request.peer = peer;
    table_.announce(request, table_.locate(request.info_hash), 0, minute_of(clock_.now()), {},
                    random_);
  }
  void fill(uint32_t torrents) {
    for (uint32_t n = 0; n < torrents; ++n) announce(n, endpoint4(n));
  }
  std::unique_ptr<StateKeeper> keeper(TorrentTable& table, Duration interval = milliseconds(20)) {
    return std::make_unique<StateKeeper>(*loop_, *worker_, table, clock_, log_, names_.current,
                                         interval);
  }
  // Writes a good file of `torrents` torrents at the time of `clock`.
  void write(const std::string& path, uint32_t torrents) { write(path, torrents, clock_); }
  void write(const std::string& path, uint32_t torrents, const Clock& clock) {
    TorrentTable table({}, SecretHash::from_seed(1));
    for (uint32_t n = 0; n < torrents; ++n) {
      AnnounceRequest request;
      request.info_hash = numbered_hash(n);
      request.peer = endpoint4(n);
      table.announce(request, table.locate(request.info_hash), 0, minute_of(clock_.now()), {},
                     random_);
    }
    StateWriter writer(table, clock, StateNames(path));
    for (auto more = writer.step(); more && *more;) more = writer.step();
  }
  void load() {
    keeper_ = keeper(table_);
    keeper_->load(kAll);
  }
  bool wait_for_writes(uint64_t count) {
    return loopback::pump(*loop_, [&] { return keeper_->status().writes >= count; });
  }
  [[nodiscard]] bool was_said(std::string_view text) const {
    return log_.text().find(text) != std::string::npos;
  }

  SystemClock clock_;
  CollectedLog log_;
  Random random_{1};
  ScratchFolder folder_;
  StateNames names_{folder_.path("peers")};
  std::unique_ptr<EventLoop> loop_ = loopback::make_loop(clock_);
  TorrentTable table_{{}, SecretHash::from_seed(1)};
  std::unique_ptr<Worker> worker_ = std::move(Worker::create(clock_)).value();
  std::unique_ptr<StateKeeper> keeper_;
};

TEST_F(StateKeeperTest, WritesEveryIntervalAndCountsTheWrites) {
  load();
  EXPECT_TRUE(was_said("does not exist yet; starting without peers"));
  fill(1000);
  keeper_->begin();
  ASSERT_TRUE(wait_for_writes(3));
  const StateStatus& status = keeper_->status();
  EXPECT_EQ(status.written, (StateTotals{1000, 1000}));
  EXPECT_EQ(status.bytes, std::filesystem::file_size(names_.current));
  EXPECT_GT(status.written_at.time_since_epoch().count(), 0);
  EXPECT_EQ(status.failed_writes, 0U);
  EXPECT_EQ(log_.text().find("error"), std::string::npos);
}

TEST_F(StateKeeperTest, StartsWithThePeersOfTheFile) {
  write(names_.current, 100);
  load();
  EXPECT_EQ(table_.peers(), 100U);
  EXPECT_EQ(keeper_->status().loaded, (StateTotals{100, 100}));
  EXPECT_TRUE(was_said(names_.current + ": 100 peers of 100 torrents loaded in 0.0"));
}

TEST_F(StateKeeperTest, ADamagedFileIsSetAsideAndThePreviousOneUsed) {
  write(names_.current, 10);
  write(names_.current, 100);
  std::filesystem::resize_file(names_.current, 1000);
  load();
  EXPECT_EQ(table_.peers(), 10U);
  EXPECT_TRUE(was_said("state file " + names_.current + ", at byte 1000: the file is cut short"));
  EXPECT_TRUE(was_said("kept as " + names_.damaged));
  // The next write must not replace the good file by the damaged one.
  keeper_->write_last(kNever);
  EXPECT_TRUE(std::filesystem::exists(names_.old));
  std::filesystem::remove(names_.current);
  TorrentTable other({}, SecretHash::from_seed(2));
  EXPECT_TRUE(load_state(names_.old, other, clock_, kAll));
}

TEST_F(StateKeeperTest, ThePreviousFileIsUsedIfTheCurrentOneIsMissing) {
  write(names_.current, 10);
  std::filesystem::rename(names_.current, names_.old);
  load();
  EXPECT_EQ(table_.peers(), 10U);
}

TEST_F(StateKeeperTest, StartsEmptyWithAnErrorIfNoFileIsUsable) {
  folder_.write("peers", "OTSTATE");
  folder_.write("peers.old", std::string(100, 'x'));
  load();
  EXPECT_EQ(table_.peers(), 0U);
  EXPECT_TRUE(was_said("peers, at byte 7: the file ends inside its header"));
  EXPECT_TRUE(was_said("peers.old, at byte 0: not a state file"));
  EXPECT_TRUE(was_said("no usable state file; starting without peers"));
}

// A complete file in a future format.
std::vector<uint8_t> newer_file() {
  std::vector<uint8_t> file;
  StateFramer(file).header({});
  file[11] = 9;
  const auto checksum = static_cast<uint32_t>(::crc32_z(0, file.data(), 20));
  for (size_t i = 0; i < 4; ++i) file[20 + i] = static_cast<uint8_t>(checksum >> (24U - 8U * i));
  return file;
}

TEST_F(StateKeeperTest, AForeignFileIsLeftAloneAndNothingIsWritten) {
  const std::vector<uint8_t> newer = newer_file();
  for (const auto& [text, reason] :
       {std::pair(std::string("a diary"), "at byte 0: not a state file"),
        std::pair(std::string(as_text(newer)),
                  "format version 9; this program reads only version 1")}) {
    write(names_.old, 10);
    folder_.write("peers", text);
    TorrentTable table({}, SecretHash::from_seed(1));
    keeper_ = keeper(table);
    keeper_->load(kAll);
    EXPECT_TRUE(was_said(reason)) << log_.text();
    EXPECT_TRUE(was_said("will not be written: " + names_.current + " is left as it is"));
    EXPECT_EQ(table.peers(), 10U) << "from the previous generation";
    keeper_->begin();
    ASSERT_TRUE(loopback::pump(*loop_, [&] { return keeper_->status().failed_writes >= 2; }));
    keeper_->write_last(kNever);
    EXPECT_EQ(keeper_->status().writes, 0U);
    EXPECT_EQ(std::filesystem::file_size(names_.current), text.size());
    EXPECT_FALSE(std::filesystem::exists(names_.damaged));
    keeper_.reset();
  }
}

TEST_F(StateKeeperTest, ADirectoryInPlaceOfTheFileIsLeftAlone) {
  std::filesystem::create_directory(names_.current);
  load();
  EXPECT_TRUE(was_said("peers: not a regular file"));
  keeper_->write_last(kNever);
  EXPECT_TRUE(std::filesystem::is_directory(names_.current));
  EXPECT_FALSE(std::filesystem::exists(names_.damaged));
}

TEST_F(StateKeeperTest, ADamagedFileThatCannotBeSetAsideIsNotOverwritten) {
  write(names_.old, 10);
  folder_.write("peers", "OTSTATE\n");
  std::filesystem::create_directory(names_.damaged);
  load();
  EXPECT_EQ(table_.peers(), 10U);
  EXPECT_TRUE(was_said("will not be written: rename " + names_.current));
  keeper_->write_last(kNever);
  EXPECT_EQ(std::filesystem::file_size(names_.current), 8U);
}

TEST_F(StateKeeperTest, ASecondProcessReadsTheFileButDoesNotWriteIt) {
  write(names_.current, 10);
  load();
  TorrentTable other({}, SecretHash::from_seed(2));
  auto second = keeper(other);
  folder_.write("peers.new", "written by the first process");
  second->load(kAll, milliseconds(40));
  EXPECT_TRUE(was_said("is in use by another process; waiting for it"));
  EXPECT_TRUE(was_said("will not be written: another process holds " + names_.lock));
  EXPECT_EQ(other.peers(), 10U);
  second->write_last(kNever);
  EXPECT_EQ(second->status().failed_writes, 1U);
  EXPECT_TRUE(std::filesystem::exists(names_.fresh));
  keeper_->write_last(kNever);
  EXPECT_EQ(keeper_->status().writes, 1U);
}

TEST_F(StateKeeperTest, ASuccessorWaitsForItsPredecessorsLastWrite) {
  write(names_.current, 10);
  auto lock = std::make_unique<FileLock>();
  ASSERT_TRUE(lock->take(names_.lock));
  std::thread predecessor([&] {
    std::this_thread::sleep_for(milliseconds(60));
    write(names_.current, 100);
    lock.reset();
  });
  load();
  predecessor.join();
  EXPECT_EQ(table_.peers(), 100U);
  keeper_->write_last(kNever);
  EXPECT_EQ(keeper_->status().failed_writes, 0U);
}

// Makes the tracker's own clock look far ahead.
class ClockOfLastMonth final : public Clock {
 public:
  [[nodiscard]] MonotonicTime now() const override { return clock_.now(); }
  [[nodiscard]] WallTime wall_time() const override {
    return clock_.wall_time() - std::chrono::days(30);
  }

 private:
  SystemClock clock_;
};

TEST_F(StateKeeperTest, AFileThatIsTooOldIsSetAside) {
  write(names_.current, 10, ClockOfLastMonth());
  const auto size = std::filesystem::file_size(names_.current);
  load();
  EXPECT_EQ(table_.torrents(), 0U);
  EXPECT_TRUE(was_said("everything in it was too old; is the clock right?"));
  EXPECT_TRUE(was_said("kept as " + names_.too_old));
  for (int i = 0; i < 3; ++i) keeper_->write_last(kNever);
  EXPECT_EQ(std::filesystem::file_size(names_.too_old), size);
  keeper_.reset();
  write(names_.current, 20, ClockOfLastMonth());
  load();
  EXPECT_EQ(std::filesystem::file_size(names_.too_old), size) << "not replaced";
  EXPECT_TRUE(std::filesystem::exists(names_.current));
}

TEST_F(StateKeeperTest, AFileOfAnEmptyTableIsNotTooOld) {
  write(names_.current, 0);
  load();
  EXPECT_FALSE(was_said("everything in it was too old"));
  EXPECT_FALSE(std::filesystem::exists(names_.too_old));
}

TEST_F(StateKeeperTest, AnUnfinishedFileIsRemovedAtStart) {
  folder_.write("peers.new", "half");
  load();
  EXPECT_FALSE(std::filesystem::exists(names_.fresh));
  EXPECT_TRUE(was_said("peers.new removed"));
}

TEST_F(StateKeeperTest, AFailedWriteIsLoggedAndCounted) {
  write(names_.current, 10);
  load();
  keeper_->begin();
  ASSERT_TRUE(wait_for_writes(1));
  const size_t lines = log_.lines().size();
  std::filesystem::create_directory(names_.fresh);
  ASSERT_TRUE(loopback::pump(*loop_, [&] { return keeper_->status().failed_writes == 1; }));
  std::filesystem::remove(names_.fresh);
  EXPECT_GE(log_.lines().size(), lines + 1);
  EXPECT_TRUE(was_said("not written: unlink " + names_.fresh +
                       ": Is a directory; the previous one is unchanged"));
  const uint64_t writes = keeper_->status().writes;
  ASSERT_TRUE(wait_for_writes(writes + 1));
}

TEST_F(StateKeeperTest, TheLastWriteReplacesOneInProgress) {
  load();
  fill(20'000);
  keeper_->begin();
  std::this_thread::sleep_for(milliseconds(25));
  loop_->run_once(milliseconds(1));  // hands the first slice to the worker
  announce(1, endpoint6(77));
  keeper_->write_last(kNever);
  EXPECT_FALSE(std::filesystem::exists(names_.fresh));
  keeper_.reset();
  TorrentTable other({}, SecretHash::from_seed(2));
  const auto loaded = load_state(names_.current, other, clock_, kAll);
  ASSERT_TRUE(loaded) << loaded.error().message;
  EXPECT_EQ(loaded->stored.peers, 20'001U);
}

TEST_F(StateKeeperTest, TheLastWriteCanBeInterrupted) {
  write(names_.current, 10);
  load();
  fill(20'000);
  int slices = 0;
  keeper_->write_last([&] { return ++slices > 1; });
  EXPECT_FALSE(std::filesystem::exists(names_.fresh));
  EXPECT_EQ(keeper_->status().failed_writes, 1U);
  TorrentTable other({}, SecretHash::from_seed(2));
  EXPECT_EQ(load_state(names_.current, other, clock_, kAll)->stored.peers, 10U);
}

// Mainly for ThreadSanitizer.
TEST_F(StateKeeperTest, AnnouncesContinueDuringWrites) {
  load();
  fill(1000);
  keeper_->begin();
  std::atomic<bool> stop = false;
  std::vector<std::thread> announcers;
  for (uint32_t seed = 1; seed <= 2; ++seed) {
    announcers.emplace_back([this, seed, &stop] {
      Random random(seed);
      while (!stop.load()) {
        AnnounceRequest request;
        request.info_hash = numbered_hash(random.below(50), static_cast<uint8_t>(random.below(3)));
        request.peer =
            random.below(3) == 0 ? endpoint6(random.below(3000)) : endpoint4(random.below(3000));
        request.event = static_cast<AnnounceEvent>(random.below(5));
        request.seeding = random.below(2) == 0;
        table_.announce(request, table_.locate(request.info_hash), 0, minute_of(clock_.now()), {},
                        random);
      }
    });
  }
  EXPECT_TRUE(wait_for_writes(5));
  stop = true;
  for (std::thread& one : announcers) one.join();
  keeper_->write_last(kNever);
  TorrentTable other({}, SecretHash::from_seed(2));
  const auto loaded = load_state(names_.current, other, clock_, kAll);
  ASSERT_TRUE(loaded) << loaded.error().message;
  EXPECT_EQ(loaded->stored.peers, table_.peers());
  EXPECT_EQ(other.totals().seeders, table_.totals().seeders);
}

}  // namespace
}  // namespace ot
