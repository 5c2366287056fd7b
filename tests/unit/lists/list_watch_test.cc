// The watch with a real kernel and a real clock: a burst ends 250 ms after its last change.
#include "lists/list_watch.h"

#include <sys/stat.h>

#include <filesystem>

#include "unit/net/loopback.h"
#include "unit/support/collected_log.h"
#include "unit/support/scratch_folder.h"

namespace ot {
namespace {

namespace fs = std::filesystem;
using std::chrono::milliseconds;

class ListWatchTest : public testing::Test {
 protected:
  void watch(std::string_view path) {
    watch_.emplace(folder_.path(path), *loop_, log_, [this] { ++changes_; });
    watch_->renew();
  }
  // Whether what was just done is noticed within a second, and once.
  bool is_noticed() {
    const int before = changes_;
    for (int i = 0; i < 90 && changes_ == before; ++i) run_for(milliseconds(10));
    run_for(milliseconds(300));
    return changes_ == before + 1;
  }
  void run_for(milliseconds time) {
    const auto end = std::chrono::steady_clock::now() + time;
    while (std::chrono::steady_clock::now() < end) loop_->run_once(milliseconds(5));
  }
  void write(std::string_view name) { folder_.write(name, "x"); }
  void link(std::string_view target, std::string_view name) {
    ASSERT_EQ(::symlink(std::string(target).c_str(), folder_.path(name).c_str()), 0);
  }
  void move(std::string_view from, std::string_view to) {
    ASSERT_EQ(::rename(folder_.path(from).c_str(), folder_.path(to).c_str()), 0);
  }
  void make(std::string_view folder) { fs::create_directory(folder_.path(folder)); }

  ScratchFolder folder_;
  SystemClock clock_;
  CollectedLog log_;
  std::unique_ptr<EventLoop> loop_ = loopback::make_loop(clock_);
  int changes_ = 0;
  std::optional<ListWatch> watch_;
};

TEST_F(ListWatchTest, NoticesWritesRenamesRemovalsAndCreation) {
  write("list");
  watch("list");
  write("list");
  EXPECT_TRUE(is_noticed()) << "a write";
  write("new");
  move("new", "list");
  EXPECT_TRUE(is_noticed()) << "a rename";
  std::ofstream(folder_.path("list"), std::ios::app) << "y";
  EXPECT_TRUE(is_noticed()) << "a write to the file that came by rename";
  fs::remove(folder_.path("list"));
  EXPECT_TRUE(is_noticed()) << "a removal";
  write("list");
  EXPECT_TRUE(is_noticed()) << "a creation";
}

TEST_F(ListWatchTest, IgnoresOtherFilesOfTheDirectory) {
  write("list");
  watch("list");
  write("other");
  move("other", "another");
  fs::remove(folder_.path("another"));
  std::ifstream(folder_.path("list")).get();
  run_for(milliseconds(600));
  EXPECT_EQ(changes_, 0);
}

TEST_F(ListWatchTest, JoinsABurstAndEndsOneThatGoesOn) {
  write("list");
  watch("list");
  for (int i = 0; i < 100; ++i) write("list");
  EXPECT_TRUE(is_noticed());
  const int before = changes_;
  for (int i = 0; i < 40; ++i) {
    write("list");
    run_for(milliseconds(50));
  }
  EXPECT_GE(changes_ - before, 2);
  EXPECT_LE(changes_ - before, 5);
}

TEST_F(ListWatchTest, NoticesASwapOfADirectoryBehindALink) {
  make("one");
  make("two");
  write("one/list");
  write("two/list");
  link("one", "..data");
  link("..data/list", "list");
  watch("list");
  link("two", "..new");
  move("..new", "..data");
  EXPECT_TRUE(is_noticed());
  write("two/list");
  EXPECT_TRUE(is_noticed()) << "where the link leads now";
  write("one/list");
  EXPECT_FALSE(is_noticed()) << "no longer";
}

TEST_F(ListWatchTest, NoticesADirectoryThatAppearsGoesAndComesBack) {
  watch("a/b/list");
  make("a");
  EXPECT_TRUE(is_noticed());
  make("a/b");
  EXPECT_TRUE(is_noticed());
  write("a/b/list");
  EXPECT_TRUE(is_noticed());
  move("a", "away");
  EXPECT_TRUE(is_noticed());
  move("away", "a");
  EXPECT_TRUE(is_noticed());
  write("a/b/list");
  EXPECT_TRUE(is_noticed());
}

TEST_F(ListWatchTest, SurvivesLinksInACircle) {
  link("b", "a");
  link("a", "b");
  watch("a");
  fs::remove(folder_.path("a"));
  write("a");
  EXPECT_TRUE(is_noticed());
}

TEST_F(ListWatchTest, NoticesAChangeThatTheKernelsQueueHadNoRoomFor) {
  int room = 0;
  std::ifstream("/proc/sys/fs/inotify/max_queued_events") >> room;
  if (room <= 0 || room > 100'000) GTEST_SKIP() << "a queue of " << room << " events";
  write("list");
  write("other");
  watch("list");
  for (int i = 0; i <= room; i += 4) {
    move("other", "another");
    move("another", "other");
  }
  write("new");
  move("new", "list");
  EXPECT_TRUE(is_noticed());
  write("list");
  EXPECT_TRUE(is_noticed()) << "the file that came by the rename is watched";
}

TEST_F(ListWatchTest, TriesAgainWhatTheKernelRefusedAndLooksAtTheFile) {
  ManualClock clock;
  const auto loop = loopback::make_loop(clock);
  write("list");
  ListWatch watch(folder_.path("list"), *loop, log_, [this] { ++changes_; });
  {
    const loopback::DescriptorLimit none(0);
    watch.renew();
  }
  clock.advance(ListWatch::kRetry - milliseconds(1));
  loopback::settle(*loop);
  EXPECT_EQ(changes_, 0);
  clock.advance(milliseconds(1));
  loopback::settle(*loop);
  EXPECT_EQ(changes_, 1) << "it may have changed meanwhile";
  EXPECT_NE(log_.text().find("watched for changes again"), std::string::npos) << log_.text();
  clock.advance(ListWatch::kRetry);
  loopback::settle(*loop);
  EXPECT_EQ(changes_, 1);
}

TEST_F(ListWatchTest, SaysOnceThatTheKernelRefusesAndWhatToDo) {
  write("list");
  {
    const loopback::DescriptorLimit none(0);
    watch("list");
    watch_->renew();
  }
  EXPECT_EQ(log_.text().find("not every change"), log_.text().rfind("not every change"));
  EXPECT_NE(log_.text().find("fs.inotify.max_user_instances"), std::string::npos) << log_.text();
  watch_->renew();
  EXPECT_NE(log_.text().find("watched for changes again"), std::string::npos) << log_.text();
  write("list");
  EXPECT_TRUE(is_noticed());
}

}  // namespace
}  // namespace ot
