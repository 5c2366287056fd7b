#include "app/environment.h"

#include <gtest/gtest.h>

namespace ot {
namespace {

using Names = std::vector<std::string>;
using Variables = std::vector<const char*>;

constexpr pid_t kSelf = 77;

Result<Environment, StartError> parse(Variables variables) {
  variables.push_back(nullptr);
  return Environment::parse(variables.data(), kSelf);
}

Environment good(const Variables& variables) {
  auto environment = parse(variables);
  EXPECT_TRUE(environment) << environment.error().message();
  return environment ? *std::move(environment) : Environment();
}

std::string error_of(const Variables& variables) {
  const auto environment = parse(variables);
  if (environment) return "none";
  EXPECT_TRUE(environment.error().is_configuration());
  return environment.error().message();
}

TEST(Environment, HoldsNothingByDefault) {
  const Environment environment = good({"PATH=/bin", "LISTEN", "=", ""});
  EXPECT_TRUE(environment.sockets.empty());
  EXPECT_EQ(environment.notify_socket, "");
  EXPECT_EQ(environment.journal_stream, "");
  EXPECT_FALSE(environment.watchdog);
}

TEST(Environment, ReadsVariablesMeantForThisProcess) {
  const Environment environment =
      good({"LISTEN_PID=77", "LISTEN_FDS=2", "NOTIFY_SOCKET=@news", "WATCHDOG_PID=77",
            "WATCHDOG_USEC=30000000", "JOURNAL_STREAM=8:4711"});
  EXPECT_EQ(environment.sockets, (Names{"", ""}));
  EXPECT_EQ(environment.notify_socket, "@news");
  EXPECT_EQ(environment.watchdog, std::chrono::seconds(30));
  EXPECT_EQ(environment.journal_stream, "8:4711");
}

TEST(Environment, IgnoresVariablesMeantForAnotherProcess) {
  const Environment environment =
      good({"LISTEN_PID=78", "LISTEN_FDS=2", "WATCHDOG_PID=78", "WATCHDOG_USEC=1"});
  EXPECT_TRUE(environment.sockets.empty());
  EXPECT_FALSE(environment.watchdog);
}

TEST(Environment, IgnoresSocketsWithoutAPid) {
  EXPECT_TRUE(good({"LISTEN_FDS=2"}).sockets.empty());
}

TEST(Environment, NeedsNoPidForTheWatchdogButAnInterval) {
  EXPECT_EQ(good({"WATCHDOG_USEC=1000"}).watchdog, std::chrono::milliseconds(1));
  EXPECT_FALSE(good({"WATCHDOG_USEC=0"}).watchdog);
  EXPECT_FALSE(good({"WATCHDOG_PID=77"}).watchdog);
}

TEST(Environment, NamesSocketsByLISTEN_FDNAMES) {
  const auto names = [](const char* fds, const char* text) {
    return good({"LISTEN_PID=77", fds, text}).sockets;
  };
  EXPECT_EQ(names("LISTEN_FDS=3", "LISTEN_FDNAMES=a::c"), (Names{"a", "", "c"}));
  EXPECT_EQ(names("LISTEN_FDS=3", "LISTEN_FDNAMES=a"), (Names{"a", "", ""}));
  EXPECT_EQ(names("LISTEN_FDS=1", "LISTEN_FDNAMES=a:b"), Names{"a"});
  EXPECT_EQ(names("LISTEN_FDS=1", "LISTEN_FDNAMES="), Names{""});
}

TEST(Environment, NamesAnInvalidNumber) {
  EXPECT_EQ(
      error_of({"LISTEN_PID=77", "LISTEN_FDS=two"}),
      "environment: LISTEN_FDS=two is not a number from 0 to 4096; a service manager sets this "
      "variable");
  EXPECT_NE(error_of({"LISTEN_PID=", "LISTEN_FDS=1"}).find("LISTEN_PID="), std::string::npos);
  EXPECT_NE(error_of({"LISTEN_PID=77", "LISTEN_FDS=4097"}).find("LISTEN_FDS=4097"),
            std::string::npos);
  EXPECT_NE(error_of({"WATCHDOG_USEC=-1"}).find("WATCHDOG_USEC=-1"), std::string::npos);
  EXPECT_NE(error_of({"WATCHDOG_USEC=1", "WATCHDOG_PID=x"}).find("WATCHDOG_PID=x"),
            std::string::npos);
}

}  // namespace
}  // namespace ot
