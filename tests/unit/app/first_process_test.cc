#include "app/first_process.h"

#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>

#include "unit/app/child_process.h"

namespace ot {
namespace {

constexpr pid_t kFirst = 1;
constexpr pid_t kOther = 2;

std::string blocked_signals() {
  sigset_t mask;
  pthread_sigmask(SIG_BLOCK, nullptr, &mask);
  std::string text;
  for (const int number : {SIGINT, SIGTERM, SIGHUP, SIGCHLD, SIGSEGV}) {
    if (sigismember(&mask, number) == 1) text += std::to_string(number) + " ";
  }
  return text;
}

TEST(FirstProcess, KeepsTheSignalsThatStopOrReload) {
  EXPECT_EQ(report_of_child([] {
              keep_early_signals(kFirst);
              return blocked_signals();
            }),
            "2 15 1 ");
}

TEST(FirstProcess, LeavesTheSignalsOfOtherProcessesAlone) {
  EXPECT_EQ(report_of_child([] {
              keep_early_signals(kOther);
              return "blocked: " + blocked_signals();
            }),
            "blocked: ");
}

// What waitpid(2) says of a child that has ended.
std::string end_of_a_child() {
  const pid_t child = ::fork();
  if (child == 0) ::_exit(0);
  int status = -1;
  if (::waitpid(child, &status, 0) == child) return "a zombie waited";
  return errno == ECHILD ? "gone" : "neither";
}

TEST(FirstProcess, LeavesNoZombies) {
  EXPECT_EQ(report_of_child([] {
              leave_no_zombies(kFirst);
              return end_of_a_child();
            }),
            "gone");
}

TEST(FirstProcess, LeavesOtherProcessesTheirChildren) {
  EXPECT_EQ(report_of_child([] {
              leave_no_zombies(kOther);
              return end_of_a_child();
            }),
            "a zombie waited");
}

}  // namespace
}  // namespace ot
