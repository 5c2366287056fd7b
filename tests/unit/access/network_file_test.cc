#include "access/network_file.h"

#include <sys/stat.h>

#include "access/networks.h"
#include "unit/support/scratch_folder.h"

namespace ot {
namespace {

using std::chrono::seconds;

class NetworkFileTest : public ::testing::Test {
 protected:
  // Reads as if the file had been written `age` ago.
  NetworkFileReading read(const std::string& path, EmptyFile empty = EmptyFile::refused,
                          Duration age = seconds(10)) {
    struct stat status = {};
    if (::stat(path.c_str(), &status) != 0) status = {};
    const WallTime written(seconds(status.st_mtim.tv_sec) +
                           std::chrono::nanoseconds(status.st_mtim.tv_nsec));
    return read_network_file(path, empty, written + age, [] { return false; });
  }
  void expect_refused(const std::string& path, std::string_view reason) {
    const NetworkFileReading reading = read(path);
    EXPECT_EQ(reading.reason, path + ": " + std::string(reason));
    EXPECT_TRUE(reading.networks.empty());
  }

  ScratchFolder folder_;
};

TEST_F(NetworkFileTest, HasTheNetworksOfItsLines) {
  const NetworkFileReading reading =
      read(folder_.write("f", "# two\n192.0.2.0/24 a\r\n\n2001:db8::/32\nrubbish"));
  EXPECT_EQ(reading.reason, "");
  ASSERT_EQ(reading.networks.size(), 2U);
  EXPECT_EQ(reading.networks[0].to_string(), "192.0.2.0/24");
  EXPECT_EQ(reading.networks[1].to_string(), "2001:db8::/32");
  EXPECT_EQ(reading.totals.lines, 5U);
  EXPECT_EQ(reading.totals.faulty, 1U);
  EXPECT_EQ(reading.totals.first_faulty.front().number, 5U);
  EXPECT_TRUE(reading.is_settled);
}

TEST_F(NetworkFileTest, MayBeginWithAByteOrderMark) {
  EXPECT_EQ(read(folder_.write("f",
                               "\xEF\xBB\xBF"
                               "192.0.2.1\n192.0.2.2\n"))
                .networks.size(),
            2U);
}

TEST_F(NetworkFileTest, NamesLinesWithBitsAfterThePrefix) {
  const NetworkFileTotals totals =
      read(folder_.write("f", "10.0.0.0/8\n10.0.0.5/8\n2001:db8::1/32\n::1\n")).totals;
  EXPECT_EQ(totals.widened, 2U);
  ASSERT_EQ(totals.first_widened.size(), 2U);
  EXPECT_EQ(totals.first_widened[0].number, 2U);
  EXPECT_EQ(totals.first_widened[1].network.to_string(), "2001:db8::1/32");
}

TEST_F(NetworkFileTest, ReportsOnlyTheFirstLinesOfAKind) {
  std::string text = "192.0.2.1\n";
  for (int i = 0; i < 9; ++i) text += "x\n10.1.1.1/8\n";
  const NetworkFileTotals totals = read(folder_.write("f", text)).totals;
  EXPECT_EQ(totals.faulty, 9U);
  EXPECT_EQ(totals.widened, 9U);
  EXPECT_EQ(totals.first_faulty.size(), NetworkFileTotals::kReported);
  EXPECT_EQ(totals.first_widened.size(), NetworkFileTotals::kReported);
}

TEST_F(NetworkFileTest, IsRefusedUnlessItIsAReadableFile) {
  expect_refused(folder_.path("gone"), "No such file or directory");
  ::mkdir(folder_.path("d").c_str(), 0755);
  expect_refused(folder_.path("d"), "is a directory; it must be a regular file of networks");
  ::mkfifo(folder_.path("fifo").c_str(), 0600);
  expect_refused(folder_.path("fifo"),
                 "is not a regular file; it must be a regular file of networks");
}

TEST_F(NetworkFileTest, IsRefusedIfNoLineIsValid) {
  expect_refused(folder_.write("f", "# page\n<html>\n"),
                 "has no valid line; line 2 is not an address or network");
  expect_refused(folder_.write("g", std::string_view("\xFF\xFE"
                                                     "1\0\n\0",
                                                     6)),
                 "is encoded in UTF-16LE; convert it to UTF-8: iconv -f UTF-16LE -t UTF-8 " +
                     folder_.path("g"));
  expect_refused(folder_.write("h", std::string_view("\0001\0000\000.\0001", 8)),
                 "is encoded in UTF-16BE; convert it to UTF-8: iconv -f UTF-16BE -t UTF-8 " +
                     folder_.path("h"));
}

TEST_F(NetworkFileTest, IsRefusedIfItIsTooLarge) {
  const std::string path = folder_.write("f", "");
  ASSERT_EQ(::truncate(path.c_str(), (off_t{64} << 20) + 1), 0);
  expect_refused(path, "is larger than the maximum of 64 MiB");
}

TEST_F(NetworkFileTest, MayBeEmptyOnlyWhereThatIsAccepted) {
  const std::string path = folder_.write("f", "");
  EXPECT_EQ(read(path, EmptyFile::accepted).reason, "");
  EXPECT_NE(read(path, EmptyFile::refused).reason.find("is empty"), std::string::npos);
  EXPECT_EQ(read(folder_.write("g", "# nobody\n")).reason, "") << "comments alone are a valid list";
  const std::string mark = folder_.write("h", "\xEF\xBB\xBF");
  EXPECT_NE(read(mark, EmptyFile::refused).reason.find("is empty"), std::string::npos);
  EXPECT_EQ(read(mark, EmptyFile::accepted).totals.lines, 0U);
}

TEST_F(NetworkFileTest, IsNotSettledWhileItIsYoungOrChanges) {
  const std::string path = folder_.write("f", "192.0.2.1\n");
  const NetworkFileReading young = read(path, EmptyFile::refused, seconds(1));
  EXPECT_FALSE(young.is_settled);
  EXPECT_EQ(young.networks.size(), 1U);
  EXPECT_TRUE(read(path, EmptyFile::refused, seconds(2)).is_settled);
  EXPECT_TRUE(read(path, EmptyFile::refused, -seconds(3600)).is_settled) << "from the future";
  bool done = false;
  const auto grow = [&] {
    if (!std::exchange(done, true)) std::ofstream(path, std::ios::app) << "192.0.2.2\n";
    return false;
  };
  const WallTime later(seconds(int64_t{1} << 32));
  EXPECT_FALSE(read_network_file(path, EmptyFile::refused, later, grow).is_settled);
}

TEST_F(NetworkFileTest, StopsWhenCancelled) {
  const std::string path = folder_.write("f", "192.0.2.1\n");
  EXPECT_NE(read_network_file(path, EmptyFile::refused, {}, [] { return true; }).reason, "");
}

TEST(HasHostBits, TellsAddressesFromNetworks) {
  const auto has = [](std::string_view text) { return has_host_bits(*Network::parse(text)); };
  EXPECT_TRUE(has("10.0.0.1/8") && has("192.0.2.1/31") && has("2001:db8::1/127") && has("::1/0"));
  EXPECT_FALSE(has("10.0.0.0/8") || has("10.0.0.1") || has("0.0.0.0/0") || has("::/0") ||
               has("2001:db8::1") || has("::ffff:10.0.0.0/104"));
}

}  // namespace
}  // namespace ot
