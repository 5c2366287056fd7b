// Deadlines on an injected clock.
//
// Timers keeps the few armed Timers of one event loop, sorted, and the time of its current pass.
// Deadlines of connections, of which there are thousands, go into a TimeoutQueue, which needs one
// Timer. Thread: the loop's.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <vector>

#include "base/clock.h"

namespace ot {

class Timer;

class Timers {
 public:
  explicit Timers(MonotonicTime now) : now_(now) {}
  Timers(const Timers&) = delete;
  Timers& operator=(const Timers&) = delete;

  // The time of the pass: constant within it.
  [[nodiscard]] MonotonicTime now() const { return now_; }
  void begin_pass(MonotonicTime now) {
    now_ = now;
    first_of_pass_ = next_order_;
  }

  // The earliest deadline; nothing if no timer is armed.
  [[nodiscard]] std::optional<MonotonicTime> next() const;

  // Fires every timer whose deadline has come. One that was armed in this pass waits for the next
  // pass, whatever its deadline, so that no timer can block the loop.
  void fire();

 private:
  friend class Timer;

  void insert(Timer& timer);
  void remove(Timer& timer);
  [[nodiscard]] Timer* take_due();

  std::vector<Timer*> armed_;  // by deadline, then by order of arming
  uint64_t next_order_ = 0;
  uint64_t first_of_pass_ = 0;
  MonotonicTime now_;
};

// One deadline. Disarmed when it fires and when it is destroyed.
class Timer {
 public:
  Timer(Timers& timers, std::function<void()> on_fire)
      : timers_(timers), on_fire_(std::move(on_fire)) {}
  Timer(const Timer&) = delete;
  Timer& operator=(const Timer&) = delete;
  ~Timer() { disarm(); }

  // Fires once, in the first later pass at or after `deadline`. Replaces a deadline set before.
  void arm(MonotonicTime deadline);
  // The same, with a delay from the time of the pass.
  void arm_after(Duration delay) { arm(timers_.now() + delay); }
  void disarm();
  [[nodiscard]] bool armed() const { return armed_; }

 private:
  friend class Timers;

  Timers& timers_;
  std::function<void()> on_fire_;
  MonotonicTime deadline_{};
  uint64_t order_ = 0;
  bool armed_ = false;
};

}  // namespace ot
