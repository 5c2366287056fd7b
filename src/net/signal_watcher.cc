#include "net/signal_watcher.h"

#include <sys/signalfd.h>
#include <unistd.h>

namespace ot {

Result<std::unique_ptr<SignalWatcher>, SystemError> SignalWatcher::create(
    EventLoop& loop, std::initializer_list<int> signals, std::function<void(int)> on_signal) {
  sigset_t mask;
  sigset_t old_mask;
  sigemptyset(&mask);
  for (const int signal : signals) sigaddset(&mask, signal);
  if (const int code = pthread_sigmask(SIG_BLOCK, &mask, &old_mask); code != 0)
    return Unexpected(SystemError{code, "pthread_sigmask"});
  std::unique_ptr<SignalWatcher> watcher(new SignalWatcher(loop, old_mask, std::move(on_signal)));
  watcher->fd_.reset(signalfd(-1, &mask, SFD_NONBLOCK | SFD_CLOEXEC));
  if (!watcher->fd_) return last_error("signalfd");
  auto watch = loop.watch(watcher->fd_.get(), EPOLLIN, *watcher);
  if (!watch) return Unexpected(watch.error());
  watcher->watch_ = *watch;
  return watcher;
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
