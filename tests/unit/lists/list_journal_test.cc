// The journal with a real file and a real worker; the lists are put in force by the tests.
#include "lists/list_journal.h"

#include <gtest/gtest.h>
#include <sys/resource.h>

#include <csignal>
#include <random>

#include "unit/net/loopback.h"
#include "unit/support/collected_log.h"
#include "unit/support/scratch_folder.h"

namespace ot {
namespace {

using Change = DynamicSet::Change;

const SecretHash kSecret({1, 2, 3, 4, 5, 6});

InfoHash hash_of(uint8_t number) {
  InfoHash info_hash;
  info_hash.bytes.fill(number);
  return info_hash;
}

std::string line_of(char sign, uint8_t number) { return sign + to_hex(hash_of(number)) + "\n"; }

std::string text_of(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

class ListJournalTest : public testing::Test {
 protected:
  void SetUp() override { start(); }

  // As after a restart: nothing is in force but what the file has.
  void start() {
    journal_.reset();
    access_.emplace(AccessMode::white, kSecret);
    eviction_.emplace(loop_->timers(), table_, *access_, clock_, log_);
    journal_.emplace(path_, *loop_, *worker_, *access_, *eviction_, kSecret, clock_, log_);
    const auto loaded = journal_->load(Duration(0));
    error_ = loaded ? "" : loaded.error();
  }
  void put_in_force(const std::vector<InfoHash>& hashes) {
    worker_->discard(
        access_->replace_below_changes(std::make_shared<const AccessList>(hashes, kSecret)));
  }
  // As a reload does it.
  void load_list(const std::vector<InfoHash>& hashes, bool is_settled = true) {
    put_in_force(hashes);
    journal_->on_list(is_settled);
  }
  bool take(uint8_t number, Change change) { return journal_->take(hash_of(number), change); }
  bool add(uint8_t number) { return take(number, Change::added); }
  bool remove(uint8_t number) { return take(number, Change::deleted); }
  bool pump(const std::function<bool()>& done) { return loopback::pump(*loop_, done); }
  // Until the file has these lines.
  bool pump_until_file_has(const std::string& lines) {
    return pump([&] {
      clock_.advance(ListJournal::kGather);
      return text_of(path_) == std::string(kJournalHead) + lines;
    });
  }
  // Until nothing waits and no job runs. Each pass ends the time that changes are gathered.
  bool pump_until_written() {
    const bool is_written = pump([&] {
      clock_.advance(ListJournal::kGather);
      const WorkerStatus worker = worker_->status();
      return journal_->status().waiting == 0 && worker.waiting == 0 && !worker.running_since;
    });
    loopback::settle(*loop_);  // the last job is finished
    return is_written;
  }
  [[nodiscard]] bool permits(uint8_t number) const { return access_->permits(hash_of(number)); }
  [[nodiscard]] unsigned count_logged(std::string_view words) const {
    return static_cast<unsigned>(std::count_if(
        log_.lines().begin(), log_.lines().end(),
        [&](const std::string& line) { return line.find(words) != std::string::npos; }));
  }

  ScratchFolder folder_;
  const std::string path_ = folder_.path("journal");
  ManualClock clock_;
  CollectedLog log_;
  std::unique_ptr<EventLoop> loop_ = loopback::make_loop(clock_);
  std::unique_ptr<Worker> worker_ = std::move(Worker::create(clock_)).value();
  TorrentTable table_{{}, kSecret};
  std::optional<AccessControl> access_;
  std::optional<Eviction> eviction_;
  std::optional<ListJournal> journal_;
  std::string error_;
};

TEST_F(ListJournalTest, KeepsChangesOverARestart) {
  ASSERT_TRUE(add(1) && remove(2) && add(3) && remove(3));
  EXPECT_TRUE(permits(1));  // at once
  EXPECT_EQ(journal_->status().waiting, 4U);
  ASSERT_TRUE(
      pump_until_file_has(line_of('+', 1) + line_of('-', 2) + line_of('+', 3) + line_of('-', 3)));
  ASSERT_TRUE(pump([&] { return journal_->status().waiting == 0; }));
  EXPECT_EQ(journal_->status().lines, 4U);
  start();
  EXPECT_TRUE(permits(1));
  put_in_force({hash_of(2), hash_of(3)});
  EXPECT_FALSE(permits(2) || permits(3));
  EXPECT_EQ(count_logged("journal: 3 changes that came by FIFO in force"), 1U);
}

TEST_F(ListJournalTest, ARepeatedChangeIsWrittenOnce) {
  ASSERT_TRUE(add(1) && add(1));
  ASSERT_TRUE(pump_until_written());
  EXPECT_EQ(journal_->status().lines, 1U);
  ASSERT_TRUE(add(1));
  EXPECT_EQ(journal_->status().waiting, 0U);
}

TEST_F(ListJournalTest, ForgetsWhatANewListHolds) {
  ASSERT_TRUE(add(1) && add(2) && remove(3) && remove(4));
  ASSERT_TRUE(pump_until_written());
  load_list({hash_of(1), hash_of(3)});
  ASSERT_TRUE(pump_until_file_has(line_of('+', 2) + line_of('-', 3)));
  ASSERT_TRUE(pump([&] { return access_->changes() == 2; }));
  EXPECT_TRUE(permits(1) && permits(2));
  EXPECT_FALSE(permits(3) || permits(4));
  load_list({hash_of(3)});  // 1 is no longer kept by anybody
  EXPECT_FALSE(permits(1));
  EXPECT_TRUE(permits(2));
  EXPECT_FALSE(permits(3));
}

TEST_F(ListJournalTest, ForgetsNothingThatHalfAListSeemsToHold) {
  ASSERT_TRUE(remove(1));
  ASSERT_TRUE(pump_until_file_has(line_of('-', 1)));
  load_list({}, false);
  ASSERT_TRUE(remove(1) && remove(2));
  ASSERT_TRUE(pump_until_file_has(line_of('-', 1) + line_of('-', 2)));
  load_list({hash_of(1), hash_of(2), hash_of(3)});
  ASSERT_TRUE(pump_until_written());
  EXPECT_FALSE(permits(1) || permits(2));
  EXPECT_TRUE(permits(3));
}

TEST_F(ListJournalTest, KeepsNoChangeThatTheListHoldsAlready) {
  load_list({hash_of(1)});
  ASSERT_TRUE(add(1) && remove(2));
  EXPECT_EQ(journal_->status().waiting, 0U);
  EXPECT_EQ(access_->changes(), 0U);
  ASSERT_TRUE(remove(1) && add(1));
  ASSERT_TRUE(pump_until_file_has(line_of('-', 1) + line_of('=', 1)));
  EXPECT_EQ(access_->changes(), 0U);
  EXPECT_TRUE(permits(1));
  start();
  EXPECT_EQ(access_->changes(), 0U);
}

TEST_F(ListJournalTest, TheListInForceDoesNotCountWhileAnotherIsRead) {
  load_list({hash_of(1)});
  ASSERT_TRUE(pump_until_written());
  journal_->on_read_begins();
  ASSERT_TRUE(add(1));
  load_list({});
  EXPECT_TRUE(permits(1));
  ASSERT_TRUE(pump_until_file_has(line_of('+', 1)));
}

TEST_F(ListJournalTest, AHashThatIsNamedAgainDuringTheComparisonStays) {
  ASSERT_TRUE(add(1) && add(2));
  ASSERT_TRUE(pump_until_written());
  load_list({hash_of(1), hash_of(2)});  // the comparison begins
  load_list({}, false);
  ASSERT_TRUE(add(1));
  ASSERT_TRUE(pump_until_file_has(line_of('+', 1)));
  ASSERT_TRUE(pump([&] { return access_->changes() == 1; }));
  EXPECT_TRUE(permits(1));
  EXPECT_FALSE(permits(2));
}

TEST_F(ListJournalTest, AHashThatTheNewestListLacksLeavesTheTable) {
  ASSERT_TRUE(add(1));
  ASSERT_TRUE(pump_until_written());
  Random random(1);
  AnnounceRequest request;
  request.info_hash = hash_of(1);
  request.peer = {IpAddress::parse("192.0.2.1").value(), 1};
  table_.announce(request, table_.locate(request.info_hash), 0, 0, {}, random);
  load_list({hash_of(1)});
  load_list({}, false);
  ASSERT_TRUE(pump([&] { return access_->changes() == 0; }));
  EXPECT_EQ(table_.torrents(), 0U);
}

TEST_F(ListJournalTest, IsNeverMuchMoreThanTwiceAsLongAsItHasToBe) {
  ASSERT_TRUE(add(1));
  for (uint64_t i = 0; i < ListJournal::kSpareLines; ++i) ASSERT_TRUE(add(2) && remove(2));
  ASSERT_TRUE(pump_until_file_has(line_of('+', 1) + line_of('-', 2)));
  ASSERT_TRUE(pump([&] { return journal_->status().lines == 2; }));
}

// A limit on the size of files stands for a full disk.
class FailingListJournalTest : public ListJournalTest {
 protected:
  void SetUp() override {
    ListJournalTest::SetUp();
    std::signal(SIGXFSZ, SIG_IGN);
    getrlimit(RLIMIT_FSIZE, &before_);
    const rlimit full{kJournalHead.size(), before_.rlim_max};
    setrlimit(RLIMIT_FSIZE, &full);
  }
  void TearDown() override { make_room(); }
  void make_room() { setrlimit(RLIMIT_FSIZE, &before_); }
  bool pump_until_failed(uint64_t times) {
    return pump([&] { return journal_->status().failed_writes == times; });
  }

 private:
  rlimit before_{};
};

TEST_F(FailingListJournalTest, TriesAgainLaterAndLaterAndLogsOnce) {
  ASSERT_TRUE(add(1));
  EXPECT_TRUE(permits(1));
  clock_.advance(ListJournal::kGather);
  ASSERT_TRUE(pump_until_failed(1));
  clock_.advance(ListJournal::kFirstRetry);
  ASSERT_TRUE(pump_until_failed(2));
  ASSERT_TRUE(remove(2));
  clock_.advance(ListJournal::kFirstRetry);
  loopback::settle(*loop_);
  EXPECT_EQ(journal_->status().failed_writes, 2U);
  EXPECT_EQ(journal_->status().waiting, 2U);
  make_room();
  clock_.advance(ListJournal::kFirstRetry);
  ASSERT_TRUE(pump([&] { return journal_->status().lines == 2; }));
  EXPECT_EQ(text_of(path_), std::string(kJournalHead) + line_of('+', 1) + line_of('-', 2));
  EXPECT_EQ(count_logged("journal: not written: write "), 1U) << log_.text();
  EXPECT_EQ(count_logged("journal: written again, after 2 failures"), 1U) << log_.text();
}

TEST_F(FailingListJournalTest, AStopTriesOnceMoreAndSaysWhatIsLost) {
  ASSERT_TRUE(add(1));
  clock_.advance(ListJournal::kGather);
  ASSERT_TRUE(pump_until_failed(1));
  journal_->begin_stop();
  EXPECT_FALSE(journal_->is_written());
  ASSERT_TRUE(pump([&] { return journal_->is_written(); }));
  EXPECT_EQ(journal_->status().failed_writes, 2U);
  journal_->end_stop();
  EXPECT_EQ(count_logged("1 change could not be written"), 1U);
}

TEST_F(FailingListJournalTest, KeepsABoundedNumberOfChangesWaiting) {
  InfoHash info_hash;
  uint64_t taken = 0;
  for (uint64_t i = 0; i < ListJournal::kMaxUnwritten + 10; ++i)
    taken += journal_->take(info_hash, i % 2 == 0 ? Change::added : Change::deleted) ? 1 : 0;
  EXPECT_EQ(taken, ListJournal::kMaxUnwritten + 10);
  EXPECT_EQ(journal_->status().waiting, ListJournal::kMaxUnwritten);
  EXPECT_EQ(journal_->status().left_out, 10U);
  EXPECT_FALSE(access_->permits(info_hash));
  EXPECT_EQ(count_logged("will not survive a restart"), 1U);
}

TEST_F(ListJournalTest, AStopWritesAtOnceWhatWaits) {
  ASSERT_TRUE(add(1));
  journal_->begin_stop();
  EXPECT_FALSE(journal_->is_written());
  ASSERT_TRUE(pump([&] { return journal_->is_written(); }));
  EXPECT_EQ(text_of(path_), std::string(kJournalHead) + line_of('+', 1));
  journal_->end_stop();
  EXPECT_EQ(count_logged("could not be written"), 0U);
}

TEST_F(ListJournalTest, NamesADamagedTail) {
  journal_.reset();
  folder_.write("journal", std::string(kJournalHead) + line_of('+', 1) + "-12");
  start();
  EXPECT_EQ(error_, "");
  EXPECT_TRUE(permits(1));
  EXPECT_EQ(count_logged(path_ + ": line 3 is damaged; the 3 bytes from there to the end are cut"),
            1U);
}

TEST_F(ListJournalTest, ASecondTrackerIsRefused) {
  AccessControl access(AccessMode::white, kSecret);
  ListJournal second(path_, *loop_, *worker_, access, *eviction_, kSecret, clock_, log_);
  const auto loaded = second.load(std::chrono::milliseconds(20));
  ASSERT_FALSE(loaded);
  EXPECT_EQ(loaded.error(), path_ + ": another process holds " + path_ +
                                ".lock; give each tracker a journal of its own");
}

// Whatever FIFOs and lists do while the worker compares and writes: when all is done, the file
// gives back what is in force.
TEST_F(ListJournalTest, TheFileGivesBackWhatIsInForce) {
  std::mt19937 random(11);  // NOLINT(cert-msc51-cpp): the same on every run
  std::vector<InfoHash> listed;
  for (int round = 0; round < 300; ++round) {
    for (int i = 0; i < 8; ++i)
      ASSERT_TRUE(take(random() % 32, random() % 2 == 0 ? Change::added : Change::deleted));
    if (random() % 3 == 0) {
      listed.clear();
      for (uint8_t number = 0; number < 32; ++number)
        if (random() % 2 == 0) listed.push_back(hash_of(number));
      load_list(listed, random() % 3 != 0);
    } else if (random() % 8 == 0) {
      journal_->on_read_begins();
    }
    clock_.advance(ListJournal::kGather);
    for (auto passes = random() % 4; passes > 0; --passes) loop_->run_once(Duration(0));
  }
  load_list(listed);
  ASSERT_TRUE(pump_until_written());
  ASSERT_TRUE(pump_until_written());
  std::array<Change, 32> before{};
  for (uint8_t number = 0; number < 32; ++number)
    before[number] = access_->change_of(hash_of(number));
  start();
  ASSERT_EQ(error_, "");
  for (uint8_t number = 0; number < 32; ++number)
    EXPECT_EQ(access_->change_of(hash_of(number)), before[number]) << int{number};
}

}  // namespace
}  // namespace ot
