#include "service/state_keeper.h"

#include <gtest/gtest.h>

#include <thread>

#include "service/state_writer.h"
#include "unit/net/loopback.h"
#include "unit/service/state_bytes.h"
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
  // A good file of so many torrents.
  void write(const std::string& path, uint32_t torrents) {
    TorrentTable table({}, SecretHash::from_seed(1));
    for (uint32_t n = 0; n < torrents; ++n) {
      AnnounceRequest request;
      request.info_hash = numbered_hash(n);
      request.peer = endpoint4(n);
      table.announce(request, table.locate(request.info_hash), 0, minute_of(clock_.now()), {},
                     random_);
    }
    StateWriter writer(table, clock_, StateNames(path));
    for (auto more = writer.step(); more && *more;) more = writer.step();
  }
  void load() {
    keeper_ = keeper(table_);
    keeper_->load(kAll);
  }
  bool wait_for_writes(uint64_t count) {
    return loopback::pump(*loop_, [&] { return keeper_->figures().writes >= count; });
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

TEST_F(StateKeeperTest, WritesEveryIntervalAndCounts) {
  load();
  EXPECT_TRUE(was_said("is not there yet; starting without peers"));
  fill(1000);
  keeper_->begin();
  ASSERT_TRUE(wait_for_writes(3));
  const StateFigures& figures = keeper_->figures();
  EXPECT_EQ(figures.written, (StateTotals{1000, 1000}));
  EXPECT_EQ(figures.bytes, std::filesystem::file_size(names_.current));
  EXPECT_GT(figures.written_at.time_since_epoch().count(), 0);
  EXPECT_EQ(figures.failed_writes, 0U);
  EXPECT_EQ(log_.text().find("error"), std::string::npos);
}

TEST_F(StateKeeperTest, StartsWithWhatWasWritten) {
  write(names_.current, 100);
  load();
  EXPECT_EQ(table_.peers(), 100U);
  EXPECT_EQ(keeper_->figures().loaded, (StateTotals{100, 100}));
  EXPECT_TRUE(was_said(names_.current + ": 100 peers of 100 torrents loaded in 0.0"));
}

TEST_F(StateKeeperTest, ADamagedFileIsSetAsideAndTheOneBeforeUsed) {
  write(names_.current, 10);
  write(names_.current, 100);
  std::filesystem::resize_file(names_.current, 1000);
  load();
  EXPECT_EQ(table_.peers(), 10U);
  EXPECT_TRUE(was_said("state file " + names_.current + ", at byte 1000: the file is cut short"));
  EXPECT_TRUE(was_said("kept as " + names_.damaged));
  // The next writing must not put the damaged one in the place of the good one.
  keeper_->write_last(kNever);
  EXPECT_TRUE(std::filesystem::exists(names_.old));
  std::filesystem::remove(names_.current);
  TorrentTable other({}, SecretHash::from_seed(2));
  EXPECT_TRUE(load_state(names_.old, other, clock_, kAll));
}

TEST_F(StateKeeperTest, AMissingFileIsReplacedByTheOneBefore) {
  write(names_.current, 10);
  std::filesystem::rename(names_.current, names_.old);
  load();
  EXPECT_EQ(table_.peers(), 10U);
}

TEST_F(StateKeeperTest, WithoutAGoodFileItStartsEmptyAndSaysSo) {
  folder_.write("peers", "OTSTATE");
  folder_.write("peers.old", std::string(100, 'x'));
  load();
  EXPECT_EQ(table_.peers(), 0U);
  EXPECT_TRUE(was_said("peers, at byte 7: the file ends in its header"));
  EXPECT_TRUE(was_said("peers.old, at byte 0: this is no state file"));
  EXPECT_TRUE(was_said("no state file can be used; starting without peers"));
}

TEST_F(StateKeeperTest, WhatAKilledOneLeftIsRemoved) {
  folder_.write("peers.new", "half");
  load();
  EXPECT_FALSE(std::filesystem::exists(names_.fresh));
  EXPECT_TRUE(was_said("peers.new removed"));
}

TEST_F(StateKeeperTest, AFailureIsOneLineAndACount) {
  write(names_.current, 10);
  load();
  keeper_->begin();
  ASSERT_TRUE(wait_for_writes(1));
  const size_t lines = log_.lines().size();
  std::filesystem::create_directory(names_.fresh);
  ASSERT_TRUE(loopback::pump(*loop_, [&] { return keeper_->figures().failed_writes == 1; }));
  std::filesystem::remove(names_.fresh);
  EXPECT_GE(log_.lines().size(), lines + 1);
  EXPECT_TRUE(
      was_said("not written: unlink " + names_.fresh + ": Is a directory; it stays as it was"));
  const uint64_t writes = keeper_->figures().writes;
  ASSERT_TRUE(wait_for_writes(writes + 1));
}

TEST_F(StateKeeperTest, TheLastWritingReplacesOneThatIsUnderWay) {
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

TEST_F(StateKeeperTest, TheLastWritingCanBeInterrupted) {
  write(names_.current, 10);
  load();
  fill(20'000);
  int slices = 0;
  keeper_->write_last([&] { return ++slices > 1; });
  EXPECT_FALSE(std::filesystem::exists(names_.fresh));
  EXPECT_EQ(keeper_->figures().failed_writes, 1U);
  TorrentTable other({}, SecretHash::from_seed(2));
  EXPECT_EQ(load_state(names_.current, other, clock_, kAll)->stored.peers, 10U);
}

// Its worth is under ThreadSanitizer.
TEST_F(StateKeeperTest, AnnouncesGoOnBesideIt) {
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
