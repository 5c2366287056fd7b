#include "lists/access_lists.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include "unit/net/loopback.h"
#include "unit/support/collected_log.h"
#include "unit/support/scratch_folder.h"
#include "unit/swarm/numbered.h"

namespace ot {
namespace {

std::string hex_of(char digit) { return std::string(40, digit); }

InfoHash hash_of(char digit) { return parse_hash_line(hex_of(digit)).info_hash; }

class AccessListsTest : public testing::Test {
 protected:
  AccessLists& start(AccessMode mode) {
    options_.mode = mode;
    lists_.reset();
    access_.emplace(mode, table_.hash());
    lists_.emplace(options_, *loop_, *worker_, table_, *access_, clock_, log_,
                   [this] { ++reloaded_; });
    const auto loaded = lists_->load();
    error_ = loaded ? "" : loaded.error();
    return *lists_;
  }
  // With both FIFOs and `list` in the file.
  AccessLists& start_with(AccessMode mode, std::string_view list) {
    options_.path = folder_.write("list", list);
    options_.fifo_add = folder_.path("adder");
    options_.fifo_delete = folder_.path("deleter");
    return start(mode);
  }
  void write_to(const std::string& fifo, std::string_view text) {
    const UniqueFd fd(::open(fifo.c_str(), O_WRONLY | O_NONBLOCK | O_CLOEXEC));
    ASSERT_EQ(::write(fd.get(), text.data(), text.size()), static_cast<ssize_t>(text.size()));
  }
  bool pump(const std::function<bool()>& done) { return loopback::pump(*loop_, done); }
  void announce(const InfoHash& info_hash) {
    AnnounceRequest request;
    request.info_hash = info_hash;
    request.peer = endpoint4(1);
    table_.announce(request, table_.locate(info_hash), 0, 0, {}, random_);
  }

  ScratchFolder folder_;
  ManualClock clock_;
  CollectedLog log_;
  Random random_{1};
  TorrentTable table_{{}, SecretHash::from_seed(1)};
  std::unique_ptr<EventLoop> loop_ = loopback::make_loop(clock_);
  std::unique_ptr<Worker> worker_ = std::move(Worker::create(clock_)).value();
  ListOptions options_;
  std::optional<AccessControl> access_;
  std::optional<AccessLists> lists_;
  std::string error_;
  int reloaded_ = 0;
};

TEST_F(AccessListsTest, RefuseToStartWithAnUnusableFile) {
  options_.path = folder_.path("gone");
  start(AccessMode::black);
  EXPECT_NE(error_.find("black list " + folder_.path("gone")), std::string::npos) << error_;
  options_ = {};
  options_.fifo_add = folder_.write("file", "no FIFO");
  start(AccessMode::white);
  EXPECT_NE(error_.find("mkfifo"), std::string::npos) << error_;
}

TEST_F(AccessListsTest, WarnThatFifosWithoutAListHaveNoEffect) {
  options_.fifo_add = folder_.path("adder");
  start(AccessMode::open);
  EXPECT_EQ(error_, "");
  EXPECT_NE(log_.text().find("have no effect"), std::string::npos);
}

TEST_F(AccessListsTest, ApplyTheFifosAtOnceAndRemoveRefusedTorrents) {
  start_with(AccessMode::white, hex_of('a') + "\n");
  ASSERT_EQ(error_, "");
  write_to(options_.fifo_add, hex_of('b') + "\nrubbish\n");
  ASSERT_TRUE(pump([&] { return access_->permits(hash_of('b')); }));
  ASSERT_TRUE(pump(
      [&] { return log_.text().find("adder: 1 line skipped (the last: ") != std::string::npos; }));
  announce(hash_of('a'));
  announce(hash_of('b'));
  write_to(options_.fifo_delete, hex_of('a') + "\n");
  ASSERT_TRUE(pump([&] { return table_.torrents() == 1; }));
  EXPECT_FALSE(access_->permits(hash_of('a')));
  EXPECT_TRUE(access_->permits(hash_of('b')));
}

TEST_F(AccessListsTest, CountTheLinesOfTheFifos) {
  AccessLists& lists = start_with(AccessMode::white, hex_of('a') + "\n");
  write_to(options_.fifo_add, hex_of('b') + "\nrubbish\n" + hex_of('c') + "\n");
  write_to(options_.fifo_delete, hex_of('a') + "\n");
  ASSERT_TRUE(pump([&] { return lists.status().changed == 3; }));
  EXPECT_EQ(lists.status().fifo_added, 2U);
  EXPECT_EQ(lists.status().fifo_deleted, 1U);
  EXPECT_EQ(lists.status().fifo_ignored, 1U);
  EXPECT_EQ(lists.status().file.hashes, 1U);
}

TEST_F(AccessListsTest, RemoveTorrentsThatANewBlackListNames) {
  AccessLists& lists = start_with(AccessMode::black, "# nothing yet\n");
  ASSERT_EQ(error_, "");
  announce(hash_of('a'));
  announce(hash_of('b'));
  folder_.write("list", hex_of('a') + "\n");
  lists.reload();
  ASSERT_TRUE(pump([&] { return reloaded_ == 1; }));
  EXPECT_FALSE(access_->permits(hash_of('a')));
  // The worker reads the clock, so it must be idle when the time changes.
  ASSERT_TRUE(pump([&] { return worker_->status().done >= 3; }));
  ASSERT_TRUE(pump([&] {
    clock_.advance(Eviction::kTick);
    return log_.text().find("1 torrents that the list refuses") != std::string::npos;
  }));
  EXPECT_EQ(table_.torrents(), 1U);
}

TEST_F(AccessListsTest, FinishAReloadAtOnceWithoutAFile) {
  start(AccessMode::open).reload();
  EXPECT_EQ(reloaded_, 1);
  EXPECT_NE(log_.text().find("no access list is configured"), std::string::npos);
}

std::string described(AccessMode mode, const std::string& path) {
  ListOptions options;
  options.mode = mode;
  options.path = path;
  return describe(options);
}

TEST(AccessLists, SayWhichTorrentsAreServed) {
  EXPECT_EQ(described(AccessMode::open, ""),
            "serving every torrent: no white or black list is configured");
  EXPECT_EQ(described(AccessMode::white, "good.txt"),
            "serving the torrents of the white list good.txt");
  EXPECT_EQ(described(AccessMode::black, "bad.txt"),
            "serving every torrent except those of the black list bad.txt");
  EXPECT_EQ(described(AccessMode::white, ""),
            "serving no torrent: this build has white lists only, and none is configured");
  EXPECT_EQ(described(AccessMode::black, ""), "serving every torrent: no black list is configured");
}

}  // namespace
}  // namespace ot
