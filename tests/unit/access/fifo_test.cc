#include "access/fifo.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/stat.h>

#include <array>
#include <thread>
#include <vector>

#include "unit/app/child_process.h"
#include "unit/support/scratch_folder.h"

namespace ot {
namespace {

const std::string kHash = "0123456789abcdef0123456789abcdef01234567";
const std::string kOther = "ffffffffffffffffffffffffffffffffffffffff";

class FifoLinesTest : public ::testing::Test {
 protected:
  void add(std::string_view chunk) {
    lines_.add(as_bytes(chunk), [this](const InfoHash& hash) { seen_.push_back(hash); });
  }
  void pause() {
    lines_.pause([this](const InfoHash& hash) { seen_.push_back(hash); });
  }

  FifoLines lines_;
  std::vector<InfoHash> seen_;
};

TEST_F(FifoLinesTest, TakesSeveralLinesInOneRead) {
  add(kHash + "\n# comment\n\n" + kOther + " name\r\n");
  EXPECT_EQ(seen_.size(), 2U);
  EXPECT_EQ(lines_.totals().lines, 4U);
  EXPECT_EQ(lines_.totals().faulty, 0U);
}

TEST_F(FifoLinesTest, JoinsThePiecesOfALine) {
  add(kHash.substr(0, 7));
  add(kHash.substr(7, 30));
  EXPECT_TRUE(seen_.empty());
  add(kHash.substr(37) + "\n" + kOther.substr(0, 3));
  EXPECT_EQ(seen_.size(), 1U);
  add(kOther.substr(3) + "\n");
  EXPECT_EQ(seen_.size(), 2U);
}

TEST_F(FifoLinesTest, SkipsAndCountsLinesThatAreTooLong) {
  add(kHash + " " + std::string(kMaxListLine, 'x') + "\n");
  EXPECT_TRUE(seen_.empty()) << "another writer may be in it";
  EXPECT_EQ(lines_.totals().faulty, 1U);
  EXPECT_EQ(lines_.totals().last_fault, HashLineFault::too_long);
  add(std::string(3 * kMaxListLine, 'y'));
  add("\n" + kHash + "\n");
  EXPECT_EQ(seen_.size(), 1U);
  EXPECT_EQ(lines_.totals().faulty, 2U);
}

TEST_F(FifoLinesTest, CountsFaultyLinesAndGoesOn) {
  add("nonsense\n" + kHash.substr(1) + "\n" + kHash + "\n");
  EXPECT_EQ(seen_.size(), 1U);
  EXPECT_EQ(lines_.totals().faulty, 2U);
  EXPECT_EQ(lines_.totals().last_fault, HashLineFault::wrong_length);
  EXPECT_EQ(lines_.totals().hashes, 1U);
}

TEST_F(FifoLinesTest, TakesAHashWithoutLineFeedInAPause) {
  add(kHash);
  pause();
  pause();
  EXPECT_EQ(seen_.size(), 1U);
  add(kOther);
  pause();
  EXPECT_EQ(seen_.size(), 2U) << "not glued to the one before";
  EXPECT_EQ(lines_.totals().faulty, 0U);
}

TEST_F(FifoLinesTest, WaitsInAPauseForAnUnfinishedComment) {
  add(kHash.substr(0, 39));
  pause();
  EXPECT_TRUE(seen_.empty());
  add(kHash.substr(39) + " a na");
  pause();
  EXPECT_TRUE(seen_.empty());
  add("me\n");
  EXPECT_EQ(seen_.size(), 1U);
  EXPECT_EQ(lines_.totals().faulty, 0U);
}

TEST_F(FifoLinesTest, HaveTheFormOfTheListsLines) {
  add(kHash + ",My Movie\n" + kHash + ";\n" + kOther + "#c\r\n" + kOther + "|x\n" + kHash + "-a");
  pause();
  EXPECT_EQ(seen_.size(), 4U) << "the rest of the comment may still come";
  add("\n");
  EXPECT_EQ(seen_.size(), 5U);
  EXPECT_EQ(lines_.totals().faulty, 0U);
}

class OpenFifoTest : public ::testing::Test {
 protected:
  std::string message_for(const std::string& path) {
    const auto fifo = open_fifo(path);
    return fifo ? "opened" : fifo.error().message;
  }

  ScratchFolder folder_;
};

TEST_F(OpenFifoTest, CreatesAMissingFifo) {
  ASSERT_EQ(message_for(folder_.path("add")), "opened");
  struct stat status = {};
  ASSERT_EQ(stat(folder_.path("add").c_str(), &status), 0);
  EXPECT_TRUE(S_ISFIFO(status.st_mode));
  EXPECT_EQ(status.st_mode & 0007U, 0U) << "not for everybody";
  EXPECT_EQ(message_for(folder_.path("add")), "opened") << "and takes one that is there";
}

TEST_F(OpenFifoTest, SaysHowToCreateAFifoItCannotCreate) {
  EXPECT_EQ(message_for(folder_.path("no/it's")),
            folder_.path("no/it's") +
                ": No such file or directory; create it, owned by the user the tracker runs as: "
                "mkfifo -m 660 '" +
                folder_.path("no/it'\\''s") + "'");
  const std::string path = folder_.path("sealed/add");
  mkdir(folder_.path("sealed").c_str(), 0755);
  chmod(folder_.path("").c_str(), 0755);
  const std::string said = report_of_child([&]() -> std::string {
    if (getuid() == 0 && setuid(65534) != 0) return "no other user";
    return message_for(path);
  });
  EXPECT_EQ(said, path +
                      ": Permission denied; create it, owned by the user the tracker runs as: "
                      "mkfifo -m 660 '" +
                      path + "'");
}

TEST_F(OpenFifoTest, RefusesAnythingButAFifo) {
  const std::string file = folder_.write("file", "x");
  EXPECT_EQ(message_for(file),
            file +
                ": is not a FIFO; remove it, then create it, owned by the user the tracker runs "
                "as: mkfifo -m 660 '" +
                file + "'");
  EXPECT_NE(message_for(folder_.path(".")).find("is not a FIFO"), std::string::npos);
}

TEST_F(OpenFifoTest, SaysThatItNeedsPermissionForAFifo) {
  const std::string path = folder_.path("add");
  mkfifo(path.c_str(), 0600);
  chmod(folder_.path("").c_str(), 0755);
  const std::string said = report_of_child([&]() -> std::string {
    if (getuid() == 0 && setuid(65534) != 0) return "no other user";
    return message_for(path);
  });
  EXPECT_EQ(said, path +
                      ": Permission denied; the user the tracker runs as needs permission to read "
                      "and write it");
}

bool is_readable(const UniqueFd& fd) {
  pollfd poll_fd{fd.get(), POLLIN, 0};
  poll(&poll_fd, 1, 0);
  return poll_fd.revents != 0;
}

TEST_F(OpenFifoTest, IsQuietWhenTheLastWriterHasGone) {
  const UniqueFd fifo = std::move(open_fifo(folder_.path("add"))).value();
  std::ofstream(folder_.path("add")) << kHash << "\n";
  EXPECT_TRUE(is_readable(fifo));
  std::array<uint8_t, 100> buffer{};
  EXPECT_EQ(read(fifo.get(), buffer.data(), buffer.size()), 41);
  EXPECT_FALSE(is_readable(fifo)) << "no end of file to spin on";
}

TEST_F(OpenFifoTest, CarriesWholeLinesFromManyWriters) {
  constexpr size_t kWriters = 4;
  constexpr size_t kLines = 2000;
  const UniqueFd fifo = std::move(open_fifo(folder_.path("add"))).value();
  std::vector<std::thread> writers;
  for (size_t i = 0; i < kWriters; ++i) {
    writers.emplace_back([&, i] {
      const UniqueFd out(open(folder_.path("add").c_str(), O_WRONLY | O_CLOEXEC));
      const std::string line =
          std::string(40, static_cast<char>('a' + i)) + " c" + std::string(100 * i, 'c') + "\n";
      for (size_t n = 0; n < kLines; ++n)
        EXPECT_EQ(write(out.get(), line.data(), line.size()), static_cast<ssize_t>(line.size()));
    });
  }
  FifoLines lines;
  std::array<uint8_t, 1000> buffer{};
  const auto ignore = [](const InfoHash&) {};
  while (lines.totals().lines < kWriters * kLines) {
    const ssize_t size = read(fifo.get(), buffer.data(), buffer.size());
    if (size > 0) {
      lines.add(ByteView(buffer).first(static_cast<size_t>(size)), ignore);
      continue;
    }
    lines.pause(ignore);
    pollfd poll_fd{fifo.get(), POLLIN, 0};
    ASSERT_EQ(poll(&poll_fd, 1, 5000), 1);
  }
  for (std::thread& writer : writers) writer.join();
  EXPECT_EQ(lines.totals().hashes, kWriters * kLines);
  EXPECT_EQ(lines.totals().faulty, 0U);
}

}  // namespace
}  // namespace ot
