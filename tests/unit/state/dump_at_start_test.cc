#include "state/dump_at_start.h"

#include <gtest/gtest.h>

#include "unit/support/collected_log.h"
#include "unit/support/scratch_folder.h"

namespace ot {
namespace {

using std::chrono::milliseconds;

const std::string kLine = "0123456789ABCDEF0123456789ABCDEF01234567:4294967295:7\n";

class StateDumpTest : public testing::Test {
 protected:
  // The error, or "" if the start may go on.
  std::string restore() {
    const auto loaded = load_dump_at_start(options_, table_, access_, clock_, log_);
    return loaded ? "" : loaded.error();
  }

  ScratchFolder folder_;
  ManualClock clock_;
  CollectedLog log_;
  TorrentTable table_{{}, SecretHash::from_seed(1)};
  AccessControl access_{AccessMode::open, SecretHash::random()};
  StateDumpOptions options_;
};

TEST_F(StateDumpTest, SaysNothingWithoutADump) {
  EXPECT_EQ(restore(), "");
  EXPECT_EQ(log_.text(), "");
}

TEST_F(StateDumpTest, SaysWhatItHasLoaded) {
  options_.path = folder_.write("dump", kLine);
  EXPECT_EQ(restore(), "");
  EXPECT_EQ(table_.torrents(), 1U);
  EXPECT_EQ(log_.text(), folder_.path("dump") +
                             ": 1 torrents loaded in 0 ms, 1 of them with an announce in the "
                             "future\n");
}

TEST_F(StateDumpTest, ABadLineIsAnErrorOrAWarning) {
  options_.path = folder_.write("dump", kLine + "x\ny\nz\n\n\n\n\n");
  const std::string place = folder_.path("dump") + ":2: the line does not begin with 40 hex digits";
  EXPECT_EQ(restore().find("state dump " + place), 0U);
  EXPECT_EQ(log_.text(), "");
  options_.bad_lines = BadLines::skipped;
  EXPECT_EQ(restore(), "");
  ASSERT_EQ(log_.lines().size(), 7U);
  EXPECT_EQ(log_.lines()[0], place + " and a colon; skipped");
  EXPECT_EQ(log_.lines()[5], folder_.path("dump") + ": 2 more lines skipped");
  EXPECT_TRUE(log_.lines()[6].ends_with("; left out: 7 bad lines")) << log_.lines()[6];
}

TEST_F(StateDumpTest, AMissingDumpIsAnError) {
  options_.path = folder_.path("gone");
  EXPECT_EQ(restore(), "state dump " + folder_.path("gone") + ": No such file or directory");
}

TEST(RestoredState, SaysWhyTorrentsWereLeftOut) {
  StateDumpTally tally;
  tally.torrents = 12;
  EXPECT_EQ(describe(tally, milliseconds(15), std::chrono::hours(24)),
            "12 torrents loaded in 15 ms");
  tally.too_old = 3;
  tally.not_listed = 4;
  tally.no_memory = 5;
  tally.skipped = 6;
  EXPECT_EQ(describe(tally, milliseconds(15), std::chrono::hours(24)),
            "12 torrents loaded in 15 ms; left out: 3 without an announce for longer than 1d, 4 "
            "that the access list refuses, 5 beyond tracker.max_memory or what the machine has, 6 "
            "bad lines");
}

}  // namespace
}  // namespace ot
