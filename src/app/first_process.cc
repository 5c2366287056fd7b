#include "app/first_process.h"

#include <csignal>
#include <initializer_list>

namespace ot {
namespace {

constexpr pid_t kFirst = 1;

}  // namespace

void keep_early_signals(pid_t self) {
  if (self != kFirst) return;
  sigset_t mask;
  sigemptyset(&mask);
  for (const int number : {SIGINT, SIGTERM, SIGHUP}) sigaddset(&mask, number);
  pthread_sigmask(SIG_BLOCK, &mask, nullptr);
}

void leave_no_zombies(pid_t self) {
  if (self == kFirst) std::signal(SIGCHLD, SIG_IGN);
}

}  // namespace ot
