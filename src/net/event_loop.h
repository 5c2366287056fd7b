// One thread's epoll: descriptors, timers, and tasks posted by other threads.
//
// A pass waits once, reads the clock once, serves the events, then the posted tasks, then the
// timers. Level-triggered: a handler may leave something for the next pass. Several loops can live
// in one process; they share nothing. An event may sit in the batch of epoll_wait while a handler
// before it closes its descriptor and the number is given out again. Each watch therefore has a
// generation, which travels with the event; an event whose watch is gone is dropped. Thread: the
// one that calls run(), except post() and stop(), which any thread may call. Handlers and timers
// must go before the loop does.
#pragma once

#include <sys/epoll.h>

#include <array>
#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <vector>

#include "base/clock.h"
#include "base/mutex.h"
#include "base/posix.h"
#include "base/result.h"
#include "net/timer.h"

namespace ot {

class EventHandler {
 public:
  // `events` as from epoll_wait: EPOLLIN, EPOLLOUT, EPOLLERR, EPOLLHUP. May destroy the handler.
  virtual void on_events(uint32_t events) = 0;

 protected:
  ~EventHandler() = default;
};

// Names one descriptor watched by one loop; the default is none.
struct Watch {
  static constexpr uint32_t kNone = UINT32_MAX;

  uint32_t index = kNone;
  uint32_t generation = 0;

  [[nodiscard]] explicit operator bool() const { return index != kNone; }
};

class EventLoop {
 public:
  [[nodiscard]] static Result<std::unique_ptr<EventLoop>, SystemError> create(const Clock& clock);
  EventLoop(const EventLoop&) = delete;
  EventLoop& operator=(const EventLoop&) = delete;
  ~EventLoop();

  // Calls the handler whenever one of `events` (EPOLLIN, EPOLLOUT) is true of `fd`, until the watch
  // ends. The loop owns neither.
  [[nodiscard]] Result<Watch, SystemError> watch(int fd, uint32_t events, EventHandler& handler);
  // Other events for the same watch; 0 for none but errors.
  void change(Watch watch, uint32_t events);
  // Ends the watch and resets the token; none is fine.
  void unwatch(Watch& watch);
  // Ends the watch of a descriptor that is closed next; saves the system call of unwatch().
  void forget(Watch& watch);

  // The time of the pass.
  [[nodiscard]] MonotonicTime now() const { return timers_.now(); }
  [[nodiscard]] Timers& timers() { return timers_; }

  // Runs `task` on the loop's thread in one of its next passes. Any thread; tasks keep their order.
  void post(std::function<void()> task);

  // Passes until stop(). A stop() before run() makes it return at once.
  void run();
  // Ends run() after the current pass. Any thread.
  void stop();
  // One pass that waits for at most `max_wait`; negative: until something happens.
  void run_once(Duration max_wait);

  // Is told the time each pass took, waiting left out. Costs a second clock read per pass; empty:
  // none.
  void set_pass_observer(std::function<void(Duration)> observer) {
    pass_observer_ = std::move(observer);
  }

 private:
  struct Slot {
    EventHandler* handler = nullptr;
    int fd = -1;
    uint32_t generation = 0;
  };
  class Waker;

  static constexpr int kMaxEvents = 256;

  EventLoop(const Clock& clock, UniqueFd epoll);

  [[nodiscard]] Slot* find(Watch watch);
  [[nodiscard]] int wait_milliseconds(Duration max_wait) const;
  void dispatch(int count);
  void run_posted();

  const Clock& clock_;
  const UniqueFd epoll_;
  Timers timers_;
  std::vector<Slot> slots_;
  std::vector<uint32_t> free_slots_;
  std::array<epoll_event, kMaxEvents> events_{};
  std::function<void(Duration)> pass_observer_;

  std::unique_ptr<Waker> waker_;
  std::atomic<bool> stopping_ = false;
  Mutex posted_mutex_;
  std::vector<std::function<void()>> posted_ OT_GUARDED_BY(posted_mutex_);
  std::vector<std::function<void()>> running_;  // the batch being run; keeps its capacity
};

}  // namespace ot
