#include "app/notifier.h"

#include "unit/support/unix_receiver.h"

namespace ot {
namespace {

using Texts = std::vector<std::string>;

std::string abstract_name() { return "@opentracker-notifier-" + std::to_string(::getpid()); }

TEST(Notifier, SendsADatagramForEachChange) {
  for (const std::string& address : {UnixReceiver::unused_path(), abstract_name()}) {
    UnixReceiver receiver(address);
    const auto notifier = Notifier::connect(address);
    ASSERT_TRUE(notifier) << notifier.error().message();
    notifier->ready("up");
    notifier->reloading(MonotonicTime(std::chrono::microseconds(12'345'678)));
    notifier->stopping("down");
    notifier->status("so so");
    notifier->alive();
    EXPECT_EQ(receiver.received(),
              (Texts{"READY=1\nSTATUS=up", "RELOADING=1\nMONOTONIC_USEC=12345678",
                     "STOPPING=1\nSTATUS=down", "STATUS=so so", "WATCHDOG=1"}));
  }
}

TEST(Notifier, KeepsAStatusOnOneLine) {
  UnixReceiver receiver(abstract_name());
  Notifier::connect(abstract_name())->status("a\nMAINPID=1");
  EXPECT_EQ(receiver.received(), Texts{"STATUS=a MAINPID=1"});
}

TEST(Notifier, SendsNothingWithoutASocket) {
  const auto notifier = Notifier::connect("");
  ASSERT_TRUE(notifier);
  notifier->ready("nobody hears");
  Notifier().alive();
}

TEST(Notifier, SurvivesAClosedSocket) {
  UnixReceiver receiver(UnixReceiver::unused_path());
  const auto notifier = Notifier::connect(UnixReceiver::unused_path());
  receiver.close();
  notifier->ready("nobody hears");
  notifier->alive();
}

TEST(Notifier, NamesAMissingSocket) {
  EXPECT_EQ(Notifier::connect("/no/such/socket").error().message(),
            "connect /no/such/socket: No such file or directory");
}

}  // namespace
}  // namespace ot
