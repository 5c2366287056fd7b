// The keeper with real files and a real worker. The clock says 2020, so that a file counts as
// written just now only where a test wants it to.
#include "lists/list_keeper.h"

#include <gtest/gtest.h>
#include <sys/stat.h>
#include <sys/time.h>

#include <thread>

#include "unit/net/loopback.h"
#include "unit/support/collected_log.h"
#include "unit/support/scratch_folder.h"

namespace ot {
namespace {

const SecretHash kSecret({1, 2, 3, 4, 5, 6});

std::string line_of(char digit) { return std::string(40, digit) + "\n"; }

InfoHash hash_of(char digit) { return parse_hash_line(std::string(40, digit)).info_hash; }

class ListKeeperTest : public testing::Test {
 protected:
  // Written `age` before the clock's now.
  void write(std::string_view text, Duration age = std::chrono::hours(1)) {
    const std::string fresh = folder_.write("fresh", text);
    const auto seconds =
        std::chrono::floor<std::chrono::seconds>((clock_.wall_time() - age).time_since_epoch());
    const std::array<timeval, 2> times{{{seconds.count(), 0}, {seconds.count(), 0}}};
    ASSERT_EQ(::utimes(fresh.c_str(), times.data()), 0);
    ASSERT_EQ(::rename(fresh.c_str(), path_.c_str()), 0);
  }
  bool pump(const std::function<bool()>& done) { return loopback::pump(*loop_, done); }
  // Until the worker has done `count` jobs, freed lists included. It reads the clock, so this comes
  // before a change of the time.
  bool pump_jobs(uint64_t count) {
    return pump([&] { return worker_->status().done >= count; });
  }
  // Reloads and waits for the end.
  void reload() {
    const int before = reloaded_;
    keeper_.reload();
    ASSERT_TRUE(pump([&] { return reloaded_ > before; }));
  }
  [[nodiscard]] bool logged(std::string_view words) const {
    return log_.text().find(words) != std::string::npos;
  }

  [[nodiscard]] unsigned count_logged(std::string_view words) const {
    return static_cast<unsigned>(std::count_if(
        log_.lines().begin(), log_.lines().end(),
        [&](const std::string& line) { return line.find(words) != std::string::npos; }));
  }

  ScratchFolder folder_;
  const std::string path_ = folder_.path("list");
  ManualClock clock_;
  CollectedLog log_;
  std::unique_ptr<EventLoop> loop_ = loopback::make_loop(clock_);
  std::unique_ptr<Worker> worker_ = std::move(Worker::create(clock_)).value();
  AccessControl access_{AccessMode::white, kSecret};
  TorrentTable table_{{}, kSecret};
  Eviction eviction_{loop_->timers(), table_, access_, clock_, log_};
  int reloaded_ = 0;
  ListKeeper keeper_{
      *loop_, *worker_, access_, eviction_, kSecret, path_, clock_, log_, [this] { ++reloaded_; }};
};

TEST_F(ListKeeperTest, HasTheListInForceWhenTheFirstLoadReturns) {
  write(line_of('a') + "rubbish\n" + line_of('b'));
  ASSERT_TRUE(keeper_.load_first());
  EXPECT_TRUE(access_.permits(hash_of('a')) && access_.permits(hash_of('b')));
  EXPECT_FALSE(access_.permits(hash_of('c')));
  EXPECT_TRUE(logged("2 info_hashes in force")) << log_.text();
  EXPECT_TRUE(logged("1 line skipped (line 2: ")) << log_.text();
}

TEST_F(ListKeeperTest, NamesTheFaultOfTheFileAtStart) {
  EXPECT_NE(keeper_.load_first().error().find("No such file"), std::string::npos);
  write("no hash\n");
  EXPECT_NE(keeper_.load_first().error().find("no valid line"), std::string::npos);
  write("no hash\n", Duration(0));
  EXPECT_NE(keeper_.load_first().error().find("no valid line"), std::string::npos);
}

TEST_F(ListKeeperTest, StartsWithAListOfNothingAndWarns) {
  write("");
  ASSERT_TRUE(keeper_.load_first());
  EXPECT_FALSE(access_.permits(hash_of('a')));
  EXPECT_TRUE(logged("is empty, so the list holds nothing")) << log_.text();
}

TEST_F(ListKeeperTest, PutsANewListInForceAndForgetsTheChangesOfTheFifos) {
  write(line_of('a'));
  ASSERT_TRUE(keeper_.load_first());
  ASSERT_TRUE(access_.add(hash_of('f')));
  write(line_of('b'));
  reload();
  EXPECT_TRUE(access_.permits(hash_of('b')));
  EXPECT_FALSE(access_.permits(hash_of('a')));
  EXPECT_FALSE(access_.permits(hash_of('f')));
  EXPECT_EQ(keeper_.status().loaded, 2U);
}

TEST_F(ListKeeperTest, KeepsListAndChangesWhenTheFileIsUnusable) {
  write(line_of('a'));
  ASSERT_TRUE(keeper_.load_first());
  ASSERT_TRUE(access_.add(hash_of('f')));
  for (const std::string_view text : {"", "no hash\n"}) {
    write(text);
    reload();
    EXPECT_TRUE(access_.permits(hash_of('a')) && access_.permits(hash_of('f')));
  }
  ASSERT_EQ(::unlink(path_.c_str()), 0);
  reload();
  EXPECT_TRUE(access_.permits(hash_of('a')) && access_.permits(hash_of('f')));
  EXPECT_EQ(keeper_.status().loaded, 1U);
  EXPECT_TRUE(logged("is empty")) << log_.text();
  EXPECT_TRUE(logged("No such file or directory; the list in force stays")) << log_.text();
}

TEST_F(ListKeeperTest, CountsTheOutcomeOfEachRead) {
  write(line_of('a'));
  ASSERT_TRUE(keeper_.load_first());
  clock_.advance(std::chrono::hours(2));
  write(line_of('a') + line_of('b'));
  reload();
  const WallTime loaded_at = clock_.wall_time();
  clock_.advance(std::chrono::hours(2));
  write("rubbish\n");
  reload();
  const ListFileStatus& counted = keeper_.status();
  EXPECT_EQ(counted.loaded, 2U);
  EXPECT_EQ(counted.refused, 1U);
  EXPECT_EQ(counted.hashes, 2U);
  EXPECT_GT(counted.bytes, 0U);
  EXPECT_EQ(counted.loaded_at, loaded_at);
}

TEST_F(ListKeeperTest, ServesAllReloadsAskedForDuringALoadByOneMore) {
  write(line_of('a'));
  keeper_.reload();
  for (int i = 0; i < 100; ++i) keeper_.reload();
  ASSERT_TRUE(pump_jobs(4));  // two loads, two lists freed
  loopback::settle(*loop_);
  EXPECT_EQ(reloaded_, 1);
  EXPECT_EQ(worker_->status().done, 4U);
}

TEST_F(ListKeeperTest, PutsAFreshFileInForceAtOnceAndReadsItAgain) {
  write(line_of('a'));
  ASSERT_TRUE(keeper_.load_first());
  write(line_of('b'), Duration(0));
  reload();
  EXPECT_TRUE(access_.permits(hash_of('b')));
  EXPECT_TRUE(logged("it was written just now and is read again in 2 s")) << log_.text();
  ASSERT_TRUE(access_.add(hash_of('f')));
  ASSERT_TRUE(pump_jobs(2));
  write(line_of('c'));
  clock_.advance(std::chrono::seconds(3));
  ASSERT_TRUE(pump([&] { return access_.permits(hash_of('c')); }));
  EXPECT_TRUE(access_.permits(hash_of('f'))) << "came after the reload";
  EXPECT_EQ(reloaded_, 1);
}

TEST_F(ListKeeperTest, ChangesNothingIfTheSecondReadFindsTheSame) {
  write(line_of('a'), Duration(0));
  ASSERT_TRUE(keeper_.load_first());
  ASSERT_TRUE(access_.add(hash_of('f')));
  clock_.advance(std::chrono::seconds(3));
  ASSERT_TRUE(pump_jobs(2));
  loopback::settle(*loop_);
  EXPECT_TRUE(access_.permits(hash_of('f')));
  EXPECT_EQ(keeper_.status().loaded, 1U);
  EXPECT_EQ(keeper_.status().unsettled, 1U);
  EXPECT_EQ(reloaded_, 0);
}

TEST_F(ListKeeperTest, ReadsAFreshFileOfNothingAgainBeforeItEndsTheReload) {
  write(line_of('a'));
  ASSERT_TRUE(keeper_.load_first());
  write("", Duration(0));
  keeper_.reload();
  ASSERT_TRUE(pump([&] { return keeper_.status().refused == 1; }));
  EXPECT_TRUE(
      logged("is empty; for an empty list, write a comment line that begins with #; it was "
             "written just now and is read again in 2 s; the list in force stays"))
      << log_.text();
  EXPECT_TRUE(access_.permits(hash_of('a')));
  EXPECT_EQ(reloaded_, 0);
  ASSERT_TRUE(pump_jobs(1));
  write(line_of('b'));
  clock_.advance(std::chrono::seconds(3));
  ASSERT_TRUE(pump([&] { return reloaded_ == 1; }));
  EXPECT_TRUE(access_.permits(hash_of('b')));
}

TEST_F(ListKeeperTest, GivesUpOnAFileThatNeverSettlesButKeepsWhatItRead) {
  write(line_of('a'));
  ASSERT_TRUE(keeper_.load_first());
  write(line_of('b'), Duration(0));
  reload();
  for (unsigned look = 1; look < 10; ++look) {
    ASSERT_TRUE(pump_jobs(1 + 2 * std::min(look, ListKeeper::kMaxLooks)));
    clock_.advance(std::chrono::seconds(3));
    write(line_of('c'), Duration(look));
    loopback::settle(*loop_);
  }
  EXPECT_EQ(keeper_.status().unsettled, 4U);
  EXPECT_EQ(worker_->status().done, 11U) << "five reads, six lists freed";
  EXPECT_TRUE(access_.permits(hash_of('c')));
}

TEST_F(ListKeeperTest, LogsFewOfTheReadsThatNobodyAskedFor) {
  write(line_of('a'));
  ASSERT_TRUE(keeper_.load_first());
  for (uint64_t i = 0; i < 20; ++i) {
    write(line_of(i % 2 == 0 ? 'b' : 'c'));
    keeper_.look_again();
    ASSERT_TRUE(pump([&] { return keeper_.status().loaded == i + 2; }));
    EXPECT_TRUE(access_.permits(hash_of(i % 2 == 0 ? 'b' : 'c')));
  }
  EXPECT_EQ(count_logged("in force, read"), 1U + ListKeeper::kLinesPerMinute);
  EXPECT_EQ(reloaded_, 0);
}

// Like the end-to-end storm, but small enough for the thread sanitizer.
TEST_F(ListKeeperTest, NeverShowsHalfAListInAStormOfReloads) {
  constexpr std::string_view kDigits = "0123456789abcdef";
  std::string good;
  for (const char digit : kDigits) good += line_of(digit);
  write(good);
  ASSERT_TRUE(keeper_.load_first());
  for (int i = 0; i < 300; ++i) {
    const std::array<std::string, 3> texts{good, "", "no hash\n"};
    if (i % 4 < 3) {
      write(texts[static_cast<size_t>(i % 4)]);
    } else {
      ::unlink(path_.c_str());
    }
    keeper_.reload();
    loop_->run_once(std::chrono::milliseconds(i % 2));
    for (const char digit : kDigits) ASSERT_TRUE(access_.permits(hash_of(digit)));
  }
  ASSERT_TRUE(pump([&] { return reloaded_ > 0 && worker_->status().waiting == 0; }));
  write(line_of('a'));
  reload();
  EXPECT_FALSE(access_.permits(hash_of('b')));
}

}  // namespace
}  // namespace ot
