// Signals as events of a loop (signalfd), so that no code ever runs inside a signal handler.
//
// Thread: that of the loop.
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

  // Blocks `signals` in the calling thread and calls on_signal(number) in the loop for each; once.
  // Equal signals that arrive before the loop gets to them are one, as always in POSIX. A thread
  // that leaves them unblocked would take them away: threads started later inherit the mask.
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
