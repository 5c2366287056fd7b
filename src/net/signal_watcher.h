// Signals as events of a loop (signalfd), so that no code runs inside a signal handler.
//
// The signals are blocked in the calling thread while the watcher lives. Create it before other
// threads start: they inherit the mask, and a thread that does not block the signal would take it.
// Thread: that of the loop.
#pragma once

#include <csignal>
#include <functional>
#include <initializer_list>
#include <memory>

#include "base/posix.h"
#include "base/result.h"
#include "net/event_loop.h"

namespace ot {

class SignalWatcher final : public EventHandler {
 public:
  // Calls on_signal(number) in the loop for each of `signals`. As always in POSIX, equal signals
  // that arrive before the loop reads them count as one.
  [[nodiscard]] static Result<std::unique_ptr<SignalWatcher>, SystemError> create(
      EventLoop& loop, std::initializer_list<int> signals, std::function<void(int)> on_signal);
  SignalWatcher(const SignalWatcher&) = delete;
  SignalWatcher& operator=(const SignalWatcher&) = delete;
  // Restores the thread's signal mask.
  ~SignalWatcher();

  void on_events(uint32_t events) override;

 private:
  SignalWatcher(EventLoop& loop, const sigset_t& old_mask, std::function<void(int)> on_signal)
      : loop_(loop), old_mask_(old_mask), on_signal_(std::move(on_signal)) {}

  EventLoop& loop_;
  const sigset_t old_mask_;
  const std::function<void(int)> on_signal_;
  UniqueFd fd_;
  Watch watch_;
};

}  // namespace ot
