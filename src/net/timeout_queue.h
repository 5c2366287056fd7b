// Many deadlines with the same timeout: arming, re-arming and disarming each cost a list operation.
//
// With one timeout, elements expire in the order in which they were armed, so an intrusive list is
// enough. The queue's Timer is armed for the first element and left alone when that element moves:
// firing once too early costs less than following every change. Thread: the loop's.
#pragma once

#include <functional>
#include <utility>

#include "net/timer.h"

namespace ot {

// Base class of list elements. An element is in at most one list and leaves it when destroyed.
class ListHook {
 public:
  ListHook() = default;
  ListHook(const ListHook&) = delete;
  ListHook& operator=(const ListHook&) = delete;
  ~ListHook() { unlink(); }

  [[nodiscard]] bool linked() const { return next_ != this; }
  void unlink() {
    prev_->next_ = next_;
    next_->prev_ = prev_;
    prev_ = next_ = this;
  }

 private:
  template <typename T>
  friend class HookList;

  ListHook* prev_ = this;
  ListHook* next_ = this;
};

// A doubly linked list through the hooks of its elements; owns nothing.
template <typename T>
class HookList {
 public:
  [[nodiscard]] bool empty() const { return !head_.linked(); }
  // The oldest element, or nullptr.
  [[nodiscard]] T* front() { return empty() ? nullptr : static_cast<T*>(head_.next_); }

  // The oldest element for which `is_it` is true, or nullptr.
  template <typename Predicate>
  [[nodiscard]] T* find(Predicate is_it) {
    for (ListHook* hook = head_.next_; hook != &head_; hook = hook->next_) {
      if (is_it(*static_cast<T*>(hook))) return static_cast<T*>(hook);
    }
    return nullptr;
  }

  // Appends an element, taking it out of the list it is in.
  void push_back(T& element) {
    ListHook& hook = element;
    hook.unlink();
    hook.prev_ = head_.prev_;
    hook.next_ = &head_;
    head_.prev_->next_ = &hook;
    head_.prev_ = &hook;
  }

  // Moves all elements of `other` to the end of this list.
  void append_all_of(HookList& other) {
    while (T* element = other.front()) push_back(*element);
  }

 private:
  ListHook head_;
};

// Base class of elements that have a deadline.
class TimeoutHook : public ListHook {
 private:
  template <typename T>
  friend class TimeoutQueue;

  MonotonicTime deadline_{};
};

template <typename T>
class TimeoutQueue {
 public:
  // Calls on_timeout for each element that was armed `timeout` ago, after taking it out of the
  // queue.
  TimeoutQueue(Timers& timers, Duration timeout, std::function<void(T&)> on_timeout)
      : timers_(timers),
        timeout_(timeout),
        on_timeout_(std::move(on_timeout)),
        timer_(timers, [this] { expire(); }) {}

  // Starts the element's timeout, taking it out of the queue or list it is in.
  void arm(T& element) {
    static_cast<TimeoutHook&>(element).deadline_ = timers_.now() + timeout_;
    list_.push_back(element);
    if (!timer_.armed()) timer_.arm(timers_.now() + timeout_);
  }

  // The element that expires first, or nullptr.
  [[nodiscard]] T* front() { return list_.front(); }
  // The first to expire for which `is_it` is true, or nullptr.
  template <typename Predicate>
  [[nodiscard]] T* find(Predicate is_it) {
    return list_.find(is_it);
  }

 private:
  // Enough to keep up with any rate of arrivals, and few enough to keep a pass short.
  static constexpr int kMaxPerPass = 64;

  static MonotonicTime deadline_of(const T& element) {
    return static_cast<const TimeoutHook&>(element).deadline_;
  }

  void expire() {
    for (int i = 0; i < kMaxPerPass; ++i) {
      T* first = list_.front();
      if (first == nullptr || deadline_of(*first) > timers_.now()) break;
      static_cast<TimeoutHook&>(*first).unlink();
      on_timeout_(*first);
    }
    if (T* first = list_.front()) timer_.arm(deadline_of(*first));
  }

  Timers& timers_;
  const Duration timeout_;
  const std::function<void(T&)> on_timeout_;
  HookList<T> list_;
  Timer timer_;
};

}  // namespace ot
