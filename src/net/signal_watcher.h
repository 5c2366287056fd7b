// Signals as events of a loop (signalfd), so that no code runs inside a signal handler.
//
// watch() blocks the signals in the calling thread until the watcher is destroyed. A thread that
// does not block a signal would take it away; threads that are started after watch() inherit the
// mask. Thread: the loop's.
#pragma once

#include <csignal>
#include <functional>
#include <initializer_list>

#include "base/posix.h"
#include "base/result.h"
#include "net/event_loop.h"

namespace ot {

class SignalWatcher final : public EventHandler {
 public:
  // The loop outlives it.
  SignalWatcher(EventLoop& loop, std::function<void(int)> on_signal);
  SignalWatcher(const SignalWatcher&) = delete;
  SignalWatcher& operator=(const SignalWatcher&) = delete;
  // Restores the signal mask that the thread had at construction.
  ~SignalWatcher();

  // Calls on_signal(number) in the loop for each of `signals`. May be called once. As always in
  // POSIX, equal signals that arrive before the loop reads them count as one.
  [[nodiscard]] Result<void, SystemError> watch(std::initializer_list<int> signals);

  void on_events(uint32_t events) override;

 private:
  EventLoop& loop_;
  const std::function<void(int)> on_signal_;
  sigset_t old_mask_;
  UniqueFd fd_;
  Watch watch_;
};

}  // namespace ot
