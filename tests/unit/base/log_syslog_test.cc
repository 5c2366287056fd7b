#include "base/log_syslog.h"

#include "unit/support/collected_log.h"
#include "unit/support/unix_receiver.h"

namespace ot {
namespace {

using Texts = std::vector<std::string>;

class SyslogLogTest : public testing::Test {
 protected:
  static std::string tag() { return "opentracker[" + std::to_string(::getpid()) + "]: "; }

  CollectedLog fallback_;
  UnixReceiver receiver_{UnixReceiver::unused_path()};
  const std::unique_ptr<SyslogLog> log_ =
      SyslogLog::connect(UnixReceiver::unused_path(), LogLevel::info, fallback_).value();
};

TEST_F(SyslogLogTest, SendsALineADatagramWithPriorityAndTag) {
  log_->error("a");
  log_->warning("b\n");
  log_->info("c");
  log_->debug("below the level");
  EXPECT_EQ(receiver_.received(),
            (Texts{"<27>" + tag() + "error: a", "<28>" + tag() + "warning: b\\x0A",
                   "<30>" + tag() + "c"}));
  EXPECT_EQ(fallback_.text(), "");
}

TEST_F(SyslogLogTest, FallsBackWhileNobodyListens) {
  receiver_.close();
  log_->info("lost");
  EXPECT_EQ(fallback_.lines(), Texts{"lost"});
  receiver_.open();
  log_->info("found");
  EXPECT_EQ(receiver_.received(), Texts{"<30>" + tag() + "found"});
  EXPECT_EQ(fallback_.lines(), Texts{"lost"});
}

TEST_F(SyslogLogTest, FailsToConnectIfNobodyListens) {
  const auto log = SyslogLog::connect("/no/such/log", LogLevel::info, fallback_);
  ASSERT_FALSE(log);
  EXPECT_EQ(log.error().message(), "connect /no/such/log: No such file or directory");
}

}  // namespace
}  // namespace ot
