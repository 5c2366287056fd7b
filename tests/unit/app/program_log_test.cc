#include "app/program_log.h"

#include <sys/stat.h>

#include "unit/support/captured_stderr.h"
#include "unit/support/unix_receiver.h"

namespace ot {
namespace {

std::string stream_of(int fd) {
  struct stat file = {};
  EXPECT_EQ(::fstat(fd, &file), 0);
  return std::to_string(file.st_dev) + ":" + std::to_string(file.st_ino);
}

std::string only(const std::vector<std::string>& writes) {
  EXPECT_EQ(writes.size(), 1U);
  return writes.empty() ? "" : writes[0];
}

class ProgramLogTest : public testing::Test {
 protected:
  ManualClock clock_;
  Environment environment_;
};

TEST_F(ProgramLogTest, RecognisesTheJournalByDeviceAndInode) {
  const std::string stream = stream_of(STDIN_FILENO);
  EXPECT_TRUE(is_journal(STDIN_FILENO, stream));
  EXPECT_FALSE(is_journal(STDIN_FILENO, stream + "0"));
  EXPECT_FALSE(is_journal(STDIN_FILENO, ""));
  EXPECT_FALSE(is_journal(-1, stream));
}

TEST_F(ProgramLogTest, WritesTheTimeUnlessTheJournalDoes) {
  CapturedStderr captured;
  {
    const ProgramLog log(LogTarget::standard_error, LogLevel::info, environment_, clock_);
    (*log).info("x");
  }
  environment_.journal_stream = stream_of(STDERR_FILENO);
  const ProgramLog log(LogTarget::standard_error, LogLevel::info, environment_, clock_);
  (*log).info("y");
  EXPECT_EQ(captured.writes(),
            (std::vector<std::string>{"2019-12-20T01:00:00.000Z opentracker: x\n", "<6>y\n"}));
}

TEST_F(ProgramLogTest, WritesOnlyToSyslog) {
  UnixReceiver syslog(UnixReceiver::unused_path());
  CapturedStderr captured;
  const ProgramLog log(LogTarget::syslog, LogLevel::info, environment_, clock_,
                       UnixReceiver::unused_path());
  (*log).info("x");
  EXPECT_TRUE(captured.writes().empty());
  EXPECT_NE(only(syslog.received()).find(": x"), std::string::npos);
}

TEST_F(ProgramLogTest, WarnsThatSyslogCannotBeReached) {
  CapturedStderr captured;
  const ProgramLog log(LogTarget::syslog, LogLevel::info, environment_, clock_, "/no/such/log");
  EXPECT_NE(only(captured.writes())
                .find("warning: logging to standard error, since syslog cannot be reached: connect "
                      "/no/such/log: No such file or directory"),
            std::string::npos);
}

}  // namespace
}  // namespace ot
