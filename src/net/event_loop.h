// One thread's epoll: descriptors, timers, and tasks posted by other threads.
//
// A pass waits once, reads the clock once, serves the events and posted tasks, then the timers.
// Watches are level-triggered: a handler may leave something for the next pass. A process can have
// several loops; they share nothing. While an event waits in the batch of epoll_wait, an earlier
// handler may close its descriptor, and the number may be used again. So each watch has a
// generation that travels with the event, and an event whose watch is gone is dropped. Thread: the
// one that calls run(), except post() and stop(), which any thread may call. The loop outlives its
// handlers and timers.
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
  // `events` as epoll_wait reports them: EPOLLIN, EPOLLOUT, EPOLLERR, EPOLLHUP. May destroy the
  // handler.
  virtual void on_events(uint32_t events) = 0;

 protected:
  ~EventHandler() = default;
};

// Names a descriptor watched by a loop. The default names none.
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

  // Calls the handler whenever `fd` is ready for one of `events` (EPOLLIN, EPOLLOUT), until the
  // watch ends. The loop owns neither.
  [[nodiscard]] Result<Watch, SystemError> watch(int fd, uint32_t events, EventHandler& handler);
  // Waits for other events from now on; 0 leaves only errors.
  void change(Watch watch, uint32_t events);
  // Ends the watch and resets the token; does nothing if there is none.
  void unwatch(Watch& watch);
  // Ends the watch of a descriptor that is about to be closed, without a system call.
  void forget(Watch& watch);

  // The time of the pass.
  [[nodiscard]] MonotonicTime now() const { return timers_.now(); }
  [[nodiscard]] Timers& timers() { return timers_; }

  // Runs `task` on the loop's thread in a later pass. From any thread; tasks keep their order.
  void post(std::function<void()> task);

  // Runs passes until stop(). Returns at once if stop() was called before.
  void run();
  // Ends run() after the current pass. From any thread.
  void stop();
  // Runs one pass that waits for at most `max_wait`; if negative, until something happens.
  void run_once(Duration max_wait);

  // Tells `observer` how long each pass took, without the waiting, for a second clock read a pass.
  // An empty function ends that.
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
  std::vector<std::function<void()>> running_;  // the tasks being run; keeps its capacity
};

}  // namespace ot
