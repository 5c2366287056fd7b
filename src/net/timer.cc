#include "net/timer.h"

#include <algorithm>
#include <cassert>
#include <tuple>

namespace ot {

std::optional<MonotonicTime> Timers::next() const {
  if (armed_.empty()) return std::nullopt;
  return armed_.front()->deadline_;
}

void Timers::fire() {
  while (Timer* timer = take_due()) timer->on_fire_();
}

Timer* Timers::take_due() {
  for (Timer* timer : armed_) {
    if (timer->deadline_ > now_) break;
    if (timer->order_ >= first_of_pass_) continue;
    timer->disarm();
    return timer;
  }
  return nullptr;
}

void Timers::insert(Timer& timer) {
  timer.order_ = next_order_++;
  const auto earlier = [](const Timer* a, const Timer* b) {
    return std::tie(a->deadline_, a->order_) < std::tie(b->deadline_, b->order_);
  };
  armed_.insert(std::ranges::upper_bound(armed_, &timer, earlier), &timer);
}

void Timers::remove(Timer& timer) {
  const auto found = std::ranges::find(armed_, &timer);
  assert(found != armed_.end());
  armed_.erase(found);
}

void Timer::arm(MonotonicTime deadline) {
  disarm();
  deadline_ = deadline;
  timers_.insert(*this);
  armed_ = true;
}

void Timer::disarm() {
  if (!armed_) return;
  timers_.remove(*this);
  armed_ = false;
}

}  // namespace ot
