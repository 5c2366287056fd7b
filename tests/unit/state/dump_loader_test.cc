#include "state/dump_loader.h"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include <algorithm>

#include "unit/support/collected_log.h"
#include "unit/support/scratch_folder.h"
#include "unit/swarm/numbered.h"

namespace ot {
namespace {

using std::chrono::minutes;

const SecretHash kSecret({1, 2, 3, 4, 5, 6});

class StateDumpLoaderTest : public testing::Test {
 protected:
  [[nodiscard]] uint32_t wall_minute() const {
    return static_cast<uint32_t>(
        std::chrono::floor<minutes>(clock_.wall_time().time_since_epoch()).count());
  }
  [[nodiscard]] std::string line(uint32_t number, int age, uint32_t downloaded) const {
    std::array<uint8_t, kMaxStateLine> buffer{};
    ByteWriter out(buffer);
    // Spread over the shards.
    write_state_line(out, {numbered_hash(number, static_cast<uint8_t>(number)),
                           wall_minute() - static_cast<uint32_t>(age), downloaded});
    return std::string(as_text(out.written()));
  }
  // Loads a dump with this text. An error goes to error_.
  StateDumpLoad load(std::string_view text, BadLines bad_lines = BadLines::refused) {
    return load_file(folder_.write("dump", text), bad_lines);
  }
  StateDumpLoad load_file(const std::string& path, BadLines bad_lines = BadLines::refused) {
    const auto loaded =
        load_state_dump({path, bad_lines, std::chrono::hours(24)}, table_, access_, clock_, log_);
    error_ = loaded ? "" : loaded.error();
    return loaded ? *loaded : StateDumpLoad{};
  }
  // The lines of a dump of the table, sorted.
  std::vector<std::string> dump() {
    std::vector<std::string> lines;
    std::array<TorrentCopy, 64> copies;
    SweepCursor cursor;
    uint32_t shard = 0;
    do {
      shard = cursor.shard;
      const size_t count = table_.copy_torrents(cursor, copies);
      for (const TorrentCopy& copy : std::span(copies).first(count)) {
        const auto age = static_cast<uint16_t>(minute_of(clock_.now()) - copy.minute);
        std::array<uint8_t, kMaxStateLine> buffer{};
        ByteWriter out(buffer);
        write_state_line(out, {copy.info_hash, wall_minute() - age, copy.counts.downloaded});
        lines.emplace_back(as_text(out.written()));
      }
    } while (cursor.shard >= shard);
    std::sort(lines.begin(), lines.end());
    return lines;
  }
  SwarmCounts scrape(uint32_t number) {
    const InfoHash hash = numbered_hash(number, static_cast<uint8_t>(number));
    return table_.scrape(hash, table_.locate(hash), minute_of(clock_.now()));
  }

  ScratchFolder folder_;
  ManualClock clock_;
  CollectedLog log_;
  TorrentTable table_{{}, SecretHash::from_seed(1)};
  AccessControl access_{AccessMode::open, kSecret};
  std::string error_;
};

std::string joined(const std::vector<std::string>& lines) {
  std::string text;
  for (const std::string& line : lines) text += line;
  return text;
}

TEST_F(StateDumpLoaderTest, RestoresTorrents) {
  const StateDumpLoad loaded = load(line(1, 0, 17) + line(2, 600, 3));
  EXPECT_EQ(error_, "");
  EXPECT_EQ(loaded.lines, 2U);
  EXPECT_EQ(loaded.torrents, 2U);
  EXPECT_EQ(scrape(1).downloaded, 17U);
  EXPECT_EQ(scrape(2).downloaded, 3U);
}

TEST_F(StateDumpLoaderTest, AcceptsAnEmptyFile) {
  EXPECT_EQ(load("").lines, 0U);
  EXPECT_EQ(error_, "");
  EXPECT_EQ(table_.totals().bytes, 0U);
}

// More lines than fit into one chunk or are prefetched at once, with every possible age.
TEST_F(StateDumpLoaderTest, DumpingTheLoadedTableGivesTheSameLines) {
  std::vector<std::string> lines;
  for (uint32_t i = 0; i < 5000; ++i)
    lines.push_back(line(i, static_cast<int>(i % (24 * 60 + 1)), i % 7 == 0 ? 0 : i * 100'000));
  std::sort(lines.begin(), lines.end());
  EXPECT_EQ(load(joined(lines)).torrents, 5000U);
  EXPECT_EQ(dump(), lines);
  EXPECT_EQ(load(joined(lines)).torrents, 5000U);
  EXPECT_EQ(dump(), lines) << "loaded twice";
  EXPECT_EQ(table_.torrents(), 5000U);
}

TEST_F(StateDumpLoaderTest, DumpingLaterGivesTheSameLinesUntilTorrentsExpire) {
  const std::vector<std::string> lines{line(1, 0, 17)};
  load(joined(lines));
  clock_.advance(minutes(100));
  EXPECT_EQ(dump(), lines);
}

TEST_F(StateDumpLoaderTest, RestoresEveryLineOfAShortDump) {
  for (uint32_t count = 1; count < 40; ++count) {
    std::string text;
    for (uint32_t i = 0; i < count; ++i) text += line(1000 * count + i, 0, 1);
    EXPECT_EQ(load(text).torrents, count);
  }
}

TEST_F(StateDumpLoaderTest, LeavesOutTorrentsThatAreTooOld) {
  const StateDumpLoad loaded =
      load(line(1, 24 * 60, 1) + line(2, 24 * 60 + 1, 1) + std::string(40, 'A') + ":0:1\n");
  EXPECT_EQ(loaded.torrents, 1U);
  EXPECT_EQ(loaded.too_old, 2U);
  EXPECT_EQ(table_.torrents(), 1U);
}

TEST_F(StateDumpLoaderTest, TreatsAFutureMinuteAsNow) {
  const StateDumpLoad loaded =
      load(line(1, -1, 1) + line(2, 0, 1) + std::string(40, 'A') + ":4294967295:1\n");
  EXPECT_EQ(loaded.torrents, 3U);
  EXPECT_EQ(loaded.in_future, 2U);
  const std::string now = ":" + std::to_string(wall_minute()) + ":1\n";
  for (const std::string& line : dump()) EXPECT_TRUE(line.ends_with(now)) << line;
}

TEST_F(StateDumpLoaderTest, LeavesOutTorrentsTheListRefuses) {
  access_ = AccessControl(AccessMode::white, kSecret);
  const InfoHash listed = numbered_hash(1, 1);
  (void)access_.replace(
      std::make_shared<const AccessList>(std::span<const InfoHash>(&listed, 1), kSecret));
  const StateDumpLoad loaded = load(line(1, 0, 17) + line(2, 0, 3));
  EXPECT_EQ(loaded.torrents, 1U);
  EXPECT_EQ(loaded.not_listed, 1U);
  EXPECT_EQ(table_.torrents(), 1U);
}

TEST(StateDumpLoader, CountsTorrentsLeftOutForLackOfMemory) {
  const ScratchFolder folder;
  const ManualClock clock;
  const AccessControl open(AccessMode::open, kSecret);
  TableOptions options;
  options.max_memory = 3 * 4096;  // one for a slab's head, one for the shards' directories
  TorrentTable table(options, SecretHash::from_seed(1));
  std::string text;
  for (const char digit : {'0', '4', '8', 'C'})
    text += digit + std::string(39, '0') + ":4294967295:1\n";
  CollectedLog log;
  const StateDumpOptions dump{folder.write("dump", text), BadLines::refused, {}};
  const auto loaded = load_state_dump(dump, table, open, clock, log);
  ASSERT_TRUE(loaded);
  EXPECT_EQ(loaded->torrents, 1U) << "one page holds the torrents of one shard";
  EXPECT_EQ(loaded->no_memory, 3U);
}

TEST_F(StateDumpLoaderTest, StopsAtABadLineAndNamesIt) {
  const std::string path = "state dump " + folder_.path("dump");
  load(line(1, 0, 1) + line(2, 0, 1) + "nonsense\n" + "\n" + line(3, 0, 1));
  EXPECT_EQ(error_, path + ":3: the line does not begin with 40 hex digits and a colon");
  load(line(1, 0, 1) + "\n");
  EXPECT_EQ(error_, path + ":2: the line is empty");
  load(std::string(100'000, 'A') + "\n");
  EXPECT_EQ(error_, path + ":1: the line does not begin with 40 hex digits and a colon");
  std::string crlf = line(1, 0, 1);
  crlf.insert(crlf.size() - 1, "\r");
  load(crlf);
  EXPECT_EQ(error_, path +
                        ":1: the line ends with a carriage return; lines of a state dump end "
                        "with a line feed alone");
}

TEST_F(StateDumpLoaderTest, NumbersLinesAcrossChunks) {
  std::string text;
  for (uint32_t i = 0; i < 5000; ++i) text += line(i, 0, 1);
  load(text + "x\n");
  EXPECT_EQ(error_, "state dump " + folder_.path("dump") +
                        ":5001: the line does not begin with 40 hex digits and a colon");
}

TEST_F(StateDumpLoaderTest, ALastLineWithoutALineFeedIsReportedAsCutOff) {
  const std::string whole = line(1, 0, 1) + line(2, 0, 12);
  for (size_t cut = 1; cut < line(2, 0, 12).size(); ++cut) {
    load(whole.substr(0, whole.size() - cut));
    EXPECT_EQ(error_, "state dump " + folder_.path("dump") +
                          ":2: the line has no line feed at its end; the dump was cut off");
  }
}

TEST_F(StateDumpLoaderTest, SkipsBadLinesOnRequestAndReportsTheFirst) {
  std::string text;
  for (uint32_t i = 0; i < 10; ++i) text += line(i, 0, i + 1) + "nonsense\n";
  text += line(10, 0, 1);
  text.pop_back();
  const StateDumpLoad loaded = load(text, BadLines::skipped);
  EXPECT_EQ(error_, "");
  EXPECT_EQ(loaded.lines, 21U);
  EXPECT_EQ(loaded.torrents, 10U);
  EXPECT_EQ(loaded.skipped, 11U);
  ASSERT_EQ(loaded.first_skipped.size(), StateDumpLoad::kReported);
  EXPECT_EQ(loaded.first_skipped[4].message("dump"),
            "dump:10: the line does not begin with 40 hex digits and a colon");
  EXPECT_EQ(scrape(9).downloaded, 10U);
  EXPECT_EQ(scrape(10).downloaded, 0U);
}

TEST_F(StateDumpLoaderTest, NamesTheProblemWithAFile) {
  ASSERT_EQ(mkdir(folder_.path("folder").c_str(), 0755), 0);
  for (const auto& [name, reason] :
       {std::pair("gone", "No such file or directory"),
        std::pair("folder",
                  "is a directory; it must be a regular file of torrents, as mode=statedump writes "
                  "them")}) {
    load_file(folder_.path(name), BadLines::skipped);
    EXPECT_EQ(error_, "state dump " + folder_.path(name) + ": " + reason);
  }
}

TEST_F(StateDumpLoaderTest, LoadsAndLogsNothingWithoutADump) {
  EXPECT_EQ(load_file("").lines, 0U);
  EXPECT_EQ(error_, "");
  EXPECT_EQ(log_.text(), "");
}

const std::string kFutureLine = "0123456789ABCDEF0123456789ABCDEF01234567:4294967295:7\n";

TEST_F(StateDumpLoaderTest, LogsWhatItHasLoaded) {
  load(kFutureLine);
  EXPECT_EQ(error_, "");
  EXPECT_EQ(table_.torrents(), 1U);
  EXPECT_EQ(log_.text(), folder_.path("dump") +
                             ": 1 torrents loaded in 0 ms, 1 of them with an announce in the "
                             "future\n");
}

TEST_F(StateDumpLoaderTest, ABadLineIsAnErrorOrAWarning) {
  const std::string text = kFutureLine + "x\ny\nz\n\n\n\n\n";
  const std::string place = folder_.path("dump") + ":2: the line does not begin with 40 hex digits";
  load(text);
  EXPECT_EQ(error_.find("state dump " + place), 0U);
  EXPECT_EQ(log_.text(), "");
  load(text, BadLines::skipped);
  EXPECT_EQ(error_, "");
  ASSERT_EQ(log_.lines().size(), 7U);
  EXPECT_EQ(log_.lines()[0], place + " and a colon; skipped");
  EXPECT_EQ(log_.lines()[5], folder_.path("dump") + ": 2 more lines skipped");
  EXPECT_TRUE(log_.lines()[6].ends_with("; left out: 7 bad lines")) << log_.lines()[6];
}

TEST(StateDumpLoad, TextNamesEachReasonForLeavingTorrentsOut) {
  constexpr auto kTook = std::chrono::milliseconds(15);
  constexpr auto kDay = std::chrono::hours(24);
  StateDumpLoad load;
  load.torrents = 12;
  EXPECT_EQ(dump_load_text(load, kTook, kDay), "12 torrents loaded in 15 ms");
  load.too_old = 3;
  load.not_listed = 4;
  load.no_memory = 5;
  load.skipped = 6;
  EXPECT_EQ(dump_load_text(load, kTook, kDay),
            "12 torrents loaded in 15 ms; left out: 3 not announced for more than 1d, 4 refused "
            "by the access list, 5 for lack of memory (tracker.max_memory, or the machine's), 6 "
            "bad lines");
}

}  // namespace
}  // namespace ot
