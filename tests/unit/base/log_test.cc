#include "base/log.h"

#include "unit/support/captured_stderr.h"

namespace ot {
namespace {

using Writes = std::vector<std::string>;

TEST(StderrLog, WritesEachLineAtOnceWithItsLevel) {
  CapturedStderr captured;
  ManualClock clock;
  StderrLog log(LogLevel::debug, LogForm::plain, clock);
  log.error("a");
  log.warning("b");
  log.info("c");
  log.debug("d");
  EXPECT_EQ(captured.writes(), (Writes{"opentracker: error: a\n", "opentracker: warning: b\n",
                                       "opentracker: c\n", "opentracker: debug: d\n"}));
}

TEST(StderrLog, BeginsADatedLineWithTheTimeInUtc) {
  CapturedStderr captured;
  ManualClock clock;
  StderrLog log(LogLevel::info, LogForm::dated, clock);
  const auto until_leap_day =
      WallTime(std::chrono::sys_days(std::chrono::year(2024) / 2 / 29)) - clock.wall_time();
  clock.advance(until_leap_day + std::chrono::hours(3) + std::chrono::milliseconds(61'007));
  log.warning("b");
  EXPECT_EQ(captured.writes(), Writes{"2024-02-29T03:01:01.007Z opentracker: warning: b\n"});
}

TEST(StderrLog, LeavesTimeAndNameToTheJournal) {
  CapturedStderr captured;
  ManualClock clock;
  StderrLog log(LogLevel::debug, LogForm::journal, clock);
  log.error("a");
  log.warning("b");
  log.info("c");
  log.debug("d");
  EXPECT_EQ(captured.writes(), (Writes{"<3>a\n", "<4>b\n", "<6>c\n", "<7>d\n"}));
}

TEST(StderrLog, DropsWhatIsBelowItsLevel) {
  CapturedStderr captured;
  ManualClock clock;
  StderrLog log(LogLevel::warning, LogForm::plain, clock);
  log.info("quiet");
  log.debug("quieter");
  log.warning("loud");
  EXPECT_EQ(captured.writes(), Writes{"opentracker: warning: loud\n"});
}

TEST(StderrLog, EscapesWhateverIsNotPrintableAscii) {
  CapturedStderr captured;
  ManualClock clock;
  for (const LogForm form : {LogForm::plain, LogForm::journal}) {
    StderrLog log(LogLevel::info, form, clock);
    log.info(std::string_view("a\nopentracker: b\r\0\x1b[2J\x7f\xc2\x9b~ ", 27));
  }
  const std::string escaped = "a\\x0Aopentracker: b\\x0D\\x00\\x1B[2J\\x7F\\xC2\\x9B~ \n";
  EXPECT_EQ(captured.writes(), (Writes{"opentracker: " + escaped, "<6>" + escaped}));
}

TEST(StderrLog, CutsALineThatIsTooLongForAnAtomicWrite) {
  CapturedStderr captured;
  ManualClock clock;
  StderrLog log(LogLevel::info, LogForm::dated, clock);
  log.info(std::string(kMaxLine, 'x'));
  log.info(std::string(kMaxLine, '\n'));
  for (const std::string& line : captured.writes()) {
    EXPECT_LE(line.size(), kMaxLine);
    EXPECT_GT(line.size(), kMaxLine - 4);
    EXPECT_EQ(line.substr(line.size() - 4), "...\n");
  }
}

TEST(StderrLog, SurvivesAClosedStandardError) {
  const UniqueFd saved(::fcntl(STDERR_FILENO, F_DUPFD_CLOEXEC, 3));
  ::close(STDERR_FILENO);
  ManualClock clock;
  StderrLog log(LogLevel::info, LogForm::dated, clock);
  log.info("nobody hears");
  EXPECT_EQ(::dup2(saved.get(), STDERR_FILENO), STDERR_FILENO);
}

// Records where each line comes from.
class KindLog final : public Log {
 public:
  void write(LogLevel, std::string_view, LogKind kind) override { kinds.push_back(kind); }

  std::vector<LogKind> kinds;
};

TEST(LogKind, IsThePlaceOfTheCall) {
  KindLog log;
  for (int i = 0; i < 2; ++i) log.info("the same");
  log.info("another");
  const int line = __LINE__ - 1;
  ASSERT_EQ(log.kinds.size(), 3U);
  EXPECT_EQ(log.kinds[0], log.kinds[1]);
  EXPECT_NE(log.kinds[1], log.kinds[2]);
  EXPECT_EQ(log.kinds[2].line, line);
  EXPECT_EQ(std::string_view(log.kinds[2].file), __FILE__);
}

}  // namespace
}  // namespace ot
