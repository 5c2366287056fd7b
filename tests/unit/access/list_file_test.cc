#include "access/list_file.h"

#include <fcntl.h>
#include <sys/stat.h>

#include <cstring>

#include "unit/app/child_process.h"
#include "unit/support/scratch_folder.h"

namespace ot {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

const std::string kHash = "0123456789abcdef0123456789abcdef01234567";
const std::string kV2Hash = kHash + "cdefCDEF0011223344556677";
const std::string kLine = kHash + "\n";

class ListFileTest : public ::testing::Test {
 protected:
  // Reads as if the file had been written `age` ago.
  ListReading read(const std::string& path, Duration age = seconds(10)) {
    struct stat status = {};
    if (::stat(path.c_str(), &status) != 0) status = {};
    const WallTime written(seconds(status.st_mtim.tv_sec) +
                           std::chrono::nanoseconds(status.st_mtim.tv_nsec));
    return read_list_file(path, written + age, SecretHash::random(), [] { return false; });
  }
  void expect_refused(const std::string& path, std::string_view reason) {
    const ListReading reading = read(path);
    EXPECT_EQ(reading.outcome, ListOutcome::refused);
    EXPECT_EQ(reading.reason, path + ": " + std::string(reason));
    EXPECT_EQ(reading.list.size(), 0U);
  }

  ScratchFolder folder_;
};

TEST_F(ListFileTest, LoadsAList) {
  const ListReading reading = read(folder_.write("list", "# one\n" + kLine + "x\n"));
  EXPECT_EQ(reading.outcome, ListOutcome::loaded) << reading.reason;
  EXPECT_EQ(reading.reason, "");
  EXPECT_EQ(reading.list.size(), 1U);
  EXPECT_EQ(reading.totals.lines, 3U);
  EXPECT_EQ(reading.totals.faulty, 1U);
}

TEST_F(ListFileTest, LoadsAListLongerThanOneRead) {
  std::string text;
  for (int i = 0; i < 20'000; ++i) {
    std::string line = kLine;
    for (size_t digit = 0; digit < 5; ++digit)
      line[digit] = "0123456789abcdef"[(i >> (4 * digit)) & 15];
    text += line;
  }
  const ListReading reading = read(folder_.write("list", text));
  EXPECT_EQ(reading.outcome, ListOutcome::loaded) << reading.reason;
  EXPECT_EQ(reading.list.size(), 20'000U);
}

TEST_F(ListFileTest, LoadsAFileOfCommentsAsAnEmptyList) {
  const ListReading reading = read(folder_.write("list", "# nobody yet\n\n"));
  EXPECT_EQ(reading.outcome, ListOutcome::loaded) << reading.reason;
  EXPECT_EQ(reading.list.size(), 0U);
}

TEST_F(ListFileTest, RefusesAnythingButAReadableFile) {
  expect_refused(folder_.path("gone"), "No such file or directory");
  mkdir(folder_.path("folder").c_str(), 0755);
  expect_refused(folder_.path("folder"),
                 "is a directory; it must be a regular file of info_hashes");
  mkfifo(folder_.path("fifo").c_str(), 0600);
  expect_refused(folder_.path("fifo"),
                 "is not a regular file; it must be a regular file of info_hashes");
  expect_refused("/dev/null", "is not a regular file; it must be a regular file of info_hashes");
}

TEST_F(ListFileTest, RefusesAFileItMayNotRead) {
  const std::string path = folder_.write("list", kLine);
  chmod(path.c_str(), 0);
  const std::string said = report_of_child([&]() -> std::string {
    if (getuid() == 0 && setuid(65534) != 0) return "no other user";
    return read(path).reason;
  });
  EXPECT_EQ(said, path + ": Permission denied");
}

TEST_F(ListFileTest, TellsNothingFromAnEmptyList) {
  EXPECT_EQ(read(folder_.write("empty", "")).outcome, ListOutcome::nothing);
  EXPECT_EQ(read(folder_.write("mark", "\xef\xbb\xbf")).outcome, ListOutcome::nothing);
  EXPECT_EQ(read(folder_.write("marked", "\xef\xbb\xbf# none\r\n")).outcome, ListOutcome::loaded);
}

TEST_F(ListFileTest, SkipsTheByteOrderMark) {
  const ListReading reading = read(folder_.write("list", "\xef\xbb\xbf" + kHash + "\r\n" + kLine));
  EXPECT_EQ(reading.totals.hashes, 2U);
  EXPECT_EQ(reading.totals.faulty, 0U);
}

// As iconv writes it.
std::string widened(const std::string& text, bool is_little) {
  std::string wide;
  for (const char c : text) wide += is_little ? std::string{c, '\0'} : std::string{'\0', c};
  return wide;
}

TEST_F(ListFileTest, NamesTheEncodingOfAFileInUtf16) {
  for (const bool is_little : {true, false}) {
    const std::string mark = is_little ? "\xff\xfe" : "\xfe\xff";
    const std::string name = is_little ? "UTF-16LE" : "UTF-16BE";
    for (const std::string& text : {mark + widened(kLine, is_little), widened(kLine, is_little),
                                    mark, widened("# only a comment", is_little)}) {
      const std::string path = folder_.write("wide", text);
      expect_refused(path, "is encoded in " + name + "; convert it to UTF-8: iconv -f " + name +
                               " -t UTF-8 " + path);
    }
  }
}

TEST_F(ListFileTest, RefusesNonsense) {
  const ListReading reading = read(folder_.write("page", "# a page\n<html>\nnot found\n"));
  EXPECT_EQ(reading.outcome, ListOutcome::refused);
  EXPECT_EQ(reading.reason,
            folder_.path("page") + ": has no valid line; line 2 is not a hex number");
}

TEST_F(ListFileTest, RefusesMoreThanAGigabyte) {
  const std::string path = folder_.write("list", kLine);
  ASSERT_EQ(truncate(path.c_str(), (off_t{1} << 30) + 1), 0);  // a hole, no disk
  expect_refused(path, "is larger than the maximum of 1 GiB");
}

TEST_F(ListFileTest, MarksAYoungFile) {
  const std::string path = folder_.write("list", kLine);
  for (const Duration age : {Duration(0), Duration(milliseconds(1999)), Duration(-seconds(1))}) {
    const ListReading reading = read(path, age);
    EXPECT_EQ(reading.outcome, ListOutcome::loaded);
    EXPECT_EQ(reading.unsettled, "it was written just now");
    EXPECT_EQ(reading.list.size(), 1U);
  }
  EXPECT_EQ(read(path, seconds(2)).unsettled, "");
  EXPECT_EQ(read(path, -seconds(3600)).unsettled, "") << "the clock was set back";
  EXPECT_EQ(read(folder_.write("list", "no hash\n"), seconds(1)).unsettled,
            "it was written just now");
}

TEST_F(ListFileTest, GivesAVersionThatChangesWithTheFile) {
  const std::string path = folder_.write("list", kLine);
  const auto secret = SecretHash::random();
  const auto version = [&] {
    return read_list_file(path, WallTime(), secret, [] { return false; }).version;
  };
  const ListVersion first = version();
  EXPECT_EQ(version(), first);
  struct stat status = {};
  ASSERT_EQ(::stat(path.c_str(), &status), 0);
  std::ofstream(path) << std::string(40, 'f') << "\n";
  const timespec times[2] = {status.st_atim, status.st_mtim};
  ASSERT_EQ(utimensat(AT_FDCWD, path.c_str(), times, 0), 0);
  EXPECT_NE(version(), first) << "same size, same time, another hash";
}

TEST_F(ListFileTest, NoticesThatTheFileChangesWhileItIsRead) {
  const std::string path = folder_.write("list", kLine);
  const WallTime later = WallTime(seconds(int64_t{1} << 32));
  const auto read_and = [&](FunctionRef<void()> meanwhile) {
    bool done = false;
    return read_list_file(path, later, SecretHash::random(), [&] {
      if (!std::exchange(done, true)) meanwhile();
      return false;
    });
  };
  const std::string_view reason = "it changed while it was read";
  const auto grown = read_and([&] { std::ofstream(path, std::ios::app) << kLine; });
  EXPECT_EQ(grown.unsettled, reason);
  EXPECT_EQ(grown.outcome, ListOutcome::loaded);
  const auto shrunk = read_and([&] { EXPECT_EQ(truncate(path.c_str(), 3), 0); });
  EXPECT_EQ(shrunk.unsettled, reason);
  const auto touched = read_and([&] {
    const timespec times[2] = {{1, 0}, {1, 0}};
    utimensat(AT_FDCWD, path.c_str(), times, 0);
  });
  EXPECT_EQ(touched.unsettled, reason);
  folder_.write("list", kLine);
  const auto replaced =
      read_and([&] { rename(folder_.write("new", "nonsense\n").c_str(), path.c_str()); });
  EXPECT_EQ(replaced.unsettled, "") << "an atomic replacement leaves the old whole";
  EXPECT_EQ(replaced.list.size(), 1U);
}

TEST_F(ListFileTest, StopsWhenCancelled) {
  const ListReading reading = read_list_file(folder_.write("list", kLine), WallTime(seconds(1)),
                                             SecretHash::random(), [] { return true; });
  EXPECT_EQ(reading.outcome, ListOutcome::refused);
}

TEST_F(ListFileTest, LeavesNoDescriptorOpen) {
  const std::string path = folder_.write("list", kLine);
  const int before = dup(0);
  close(before);
  for (int i = 0; i < 5; ++i) {
    static_cast<void>(read(path));
    static_cast<void>(read(folder_.path("")));
  }
  const int after = dup(0);
  close(after);
  EXPECT_EQ(before, after);
}

ListText read_in_pieces(const std::string& text, size_t piece) {
  ListText list(0);
  for (size_t at = 0; at < text.size(); at += piece)
    list.add(as_bytes(std::string_view(text).substr(at, piece)));
  list.finish();
  return list;
}

TEST(ListText, CountsHashesAndReportsTheFirstFaultyLines) {
  std::string text = "# list\r\n" + kHash + "\r\n\n" + kV2Hash + " v2\n";
  for (int i = 0; i < 7; ++i) text += "junk\n";
  text += kHash.substr(1);
  for (const size_t piece : {size_t{1}, size_t{5}, size_t{64}, text.size()}) {
    const ListText list = read_in_pieces(text, piece);
    const ListTotals& totals = list.totals();
    EXPECT_EQ(list.hashes().size(), 2U);
    EXPECT_EQ(totals.hashes, 2U);
    EXPECT_EQ(totals.lines, 12U);
    EXPECT_EQ(totals.faulty, 8U);
    ASSERT_EQ(totals.first_faulty.size(), ListTotals::kReported);
    EXPECT_EQ(totals.first_faulty.front().number, 5U);
    EXPECT_EQ(totals.first_faulty.back().number, 9U);
    EXPECT_EQ(totals.first_faulty.front().fault, HashLineFault::not_hex);
  }
}

TEST(ListText, NeedsNoFinalLineFeed) {
  EXPECT_EQ(read_in_pieces(kHash, 100).hashes().size(), 1U);
  EXPECT_EQ(read_in_pieces("#\n" + kV2Hash, 3).hashes().size(), 1U);
}

TEST(ListText, AcceptsCommentsOfAnyLength) {
  const std::string text = kHash + " " + std::string(100'000, 'c') + "\n#" +
                           std::string(100'000, kHash.front()) + "\n" + kHash;
  const ListText list = read_in_pieces(text, 65536);
  EXPECT_EQ(list.totals().hashes, 2U);
  EXPECT_EQ(list.totals().faulty, 0U);
  EXPECT_EQ(read_in_pieces(std::string(5000, 'a'), 65536).totals().faulty, 1U);
}

}  // namespace
}  // namespace ot
