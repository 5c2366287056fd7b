#include "net/signal_watcher.h"

#include <sys/signalfd.h>
#include <unistd.h>

#include <cassert>
#include <utility>

namespace ot {

SignalWatcher::SignalWatcher(EventLoop& loop, std::function<void(int)> on_signal)
    : loop_(loop), on_signal_(std::move(on_signal)) {
  pthread_sigmask(SIG_BLOCK, nullptr, &old_mask_);
}

Result<void, SystemError> SignalWatcher::watch(std::initializer_list<int> signals) {
  assert(!fd_);
  sigset_t mask;
  sigemptyset(&mask);
  for (const int signal : signals) sigaddset(&mask, signal);
  if (const int code = pthread_sigmask(SIG_BLOCK, &mask, nullptr); code != 0)
    return Unexpected(SystemError{code, "pthread_sigmask"});
  fd_.reset(signalfd(-1, &mask, SFD_NONBLOCK | SFD_CLOEXEC));
  if (!fd_) return last_error("signalfd");
  auto watch = loop_.watch(fd_.get(), EPOLLIN, *this);
  if (!watch) return Unexpected(watch.error());
  watch_ = *watch;
  return {};
}

SignalWatcher::~SignalWatcher() {
  loop_.unwatch(watch_);
  pthread_sigmask(SIG_SETMASK, &old_mask_, nullptr);
}

void SignalWatcher::on_events(uint32_t) {
  signalfd_siginfo info{};
  // One signal a pass: the callback may destroy this watcher.
  if (::read(fd_.get(), &info, sizeof info) != ssize_t{sizeof info}) return;
  on_signal_(static_cast<int>(info.ssi_signo));
}

}  // namespace ot
