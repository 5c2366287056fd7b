#include "net/event_loop.h"

#include <sys/eventfd.h>
#include <unistd.h>

#include <algorithm>
#include <cassert>
#include <cerrno>
#include <limits>

namespace ot {
namespace {

uint64_t pack(Watch watch) { return (uint64_t{watch.generation} << 32U) | watch.index; }

Watch unpack(uint64_t packed) {
  return {static_cast<uint32_t>(packed), static_cast<uint32_t>(packed >> 32U)};
}

}  // namespace

// The eventfd by which other threads end the wait.
class EventLoop::Waker final : public EventHandler {
 public:
  Waker(EventLoop& loop, UniqueFd event) : loop_(loop), event_(std::move(event)) {}

  void wake() const {
    const uint64_t one = 1;
    // Fails only if the counter is full; then the loop will wake anyway.
    [[maybe_unused]] const ssize_t written = ::write(event_.get(), &one, sizeof one);
  }

  void on_events(uint32_t) override {
    uint64_t count = 0;
    [[maybe_unused]] const ssize_t size = ::read(event_.get(), &count, sizeof count);
    loop_.run_posted();
  }

 private:
  EventLoop& loop_;
  const UniqueFd event_;
};

Result<std::unique_ptr<EventLoop>, SystemError> EventLoop::create(const Clock& clock) {
  UniqueFd epoll(epoll_create1(EPOLL_CLOEXEC));
  if (!epoll) return last_error("epoll_create1");
  UniqueFd event(eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK));
  if (!event) return last_error("eventfd");
  const int event_fd = event.get();
  std::unique_ptr<EventLoop> loop(new EventLoop(clock, std::move(epoll)));
  loop->waker_ = std::make_unique<Waker>(*loop, std::move(event));
  if (auto watch = loop->watch(event_fd, EPOLLIN, *loop->waker_); !watch)
    return Unexpected(watch.error());
  return loop;
}

EventLoop::EventLoop(const Clock& clock, UniqueFd epoll)
    : clock_(clock), epoll_(std::move(epoll)), timers_(clock.now()) {}

EventLoop::~EventLoop() = default;

Result<Watch, SystemError> EventLoop::watch(int fd, uint32_t events, EventHandler& handler) {
  assert((events & ~uint32_t{EPOLLIN | EPOLLOUT}) == 0);
  if (free_slots_.empty()) {
    free_slots_.push_back(static_cast<uint32_t>(slots_.size()));
    slots_.emplace_back();
  }
  const uint32_t index = free_slots_.back();
  Slot& slot = slots_[index];
  const Watch watch{index, slot.generation};
  epoll_event event{};
  event.events = events;
  event.data.u64 = pack(watch);
  if (epoll_ctl(epoll_.get(), EPOLL_CTL_ADD, fd, &event) != 0) return last_error("epoll_ctl");
  free_slots_.pop_back();
  slot.handler = &handler;
  slot.fd = fd;
  return watch;
}

EventLoop::Slot* EventLoop::find(Watch watch) {
  if (watch.index >= slots_.size()) return nullptr;
  Slot& slot = slots_[watch.index];
  return slot.handler != nullptr && slot.generation == watch.generation ? &slot : nullptr;
}

void EventLoop::change(Watch watch, uint32_t events) {
  const Slot* slot = find(watch);
  if (slot == nullptr) return;
  epoll_event event{};
  event.events = events;
  event.data.u64 = pack(watch);
  // Cannot fail: the descriptor is open and watched, and a change allocates nothing.
  epoll_ctl(epoll_.get(), EPOLL_CTL_MOD, slot->fd, &event);
}

void EventLoop::unwatch(Watch& watch) {
  if (const Slot* slot = find(watch)) {
    epoll_ctl(epoll_.get(), EPOLL_CTL_DEL, slot->fd, nullptr);
  }
  forget(watch);
}

void EventLoop::forget(Watch& watch) {
  if (Slot* slot = find(watch)) {
    *slot = {nullptr, -1, slot->generation + 1};
    free_slots_.push_back(watch.index);
  }
  watch = {};
}

void EventLoop::post(std::function<void()> task) {
  assert(task != nullptr);
  {
    const MutexLock lock(posted_mutex_);
    posted_.push_back(std::move(task));
  }
  waker_->wake();
}

void EventLoop::run_posted() {
  {
    const MutexLock lock(posted_mutex_);
    running_.swap(posted_);
  }
  for (const auto& task : running_) task();
  running_.clear();
}

void EventLoop::run() {
  while (!stopping_.load(std::memory_order_acquire)) run_once(Duration(-1));
  stopping_.store(false, std::memory_order_release);
}

void EventLoop::stop() {
  stopping_.store(true, std::memory_order_release);
  waker_->wake();
}

// Rounds up: waking a moment too early would mean waking twice.
int EventLoop::wait_milliseconds(Duration max_wait) const {
  using std::chrono::ceil;
  using std::chrono::milliseconds;
  std::optional<Duration> wait;
  if (max_wait >= Duration::zero()) wait = max_wait;
  if (const auto next = timers_.next()) {
    const Duration until = std::max(*next - now(), Duration::zero());
    wait = wait ? std::min(*wait, until) : until;
  }
  if (!wait) return -1;
  return static_cast<int>(
      std::min<int64_t>(ceil<milliseconds>(*wait).count(), std::numeric_limits<int>::max()));
}

void EventLoop::run_once(Duration max_wait) {
  const int count =
      epoll_wait(epoll_.get(), events_.data(), kMaxEvents, wait_milliseconds(max_wait));
  timers_.begin_pass(clock_.now());
  dispatch(count);
  timers_.fire();
  if (pass_observer_) pass_observer_(clock_.now() - now());
}

void EventLoop::dispatch(int count) {
  for (int i = 0; i < count; ++i) {
    const epoll_event& event = events_[static_cast<size_t>(i)];
    if (const Slot* slot = find(unpack(event.data.u64))) slot->handler->on_events(event.events);
  }
}

}  // namespace ot
