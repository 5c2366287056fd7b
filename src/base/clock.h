// Time, injected. Ages are counted on the monotonic clock; wall time appears only in files and
// output.
//
// app/ creates a SystemClock, a test a ManualClock, and passes it down; no other file asks the
// kernel for the time.
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>

namespace ot {

using Duration = std::chrono::nanoseconds;

// Time since an arbitrary start (CLOCK_MONOTONIC); never goes back.
struct MonotonicClock {
  using duration = Duration;
  using rep = duration::rep;
  using period = duration::period;
  using time_point = std::chrono::time_point<MonotonicClock>;
  static constexpr bool is_steady = true;
};
using MonotonicTime = MonotonicClock::time_point;

// Time since 1970 (CLOCK_REALTIME); may jump.
using WallTime = std::chrono::sys_time<Duration>;

class Clock {
 public:
  Clock() = default;
  Clock(const Clock&) = delete;
  Clock& operator=(const Clock&) = delete;
  virtual ~Clock() = default;

  [[nodiscard]] virtual MonotonicTime now() const = 0;
  [[nodiscard]] virtual WallTime wall_time() const = 0;
};

class SystemClock final : public Clock {
 public:
  [[nodiscard]] MonotonicTime now() const override;
  [[nodiscard]] WallTime wall_time() const override;
};

// Moves only when advance() is called. For tests and simulations; any thread may read it meanwhile.
class ManualClock final : public Clock {
 public:
  [[nodiscard]] MonotonicTime now() const override { return MonotonicTime(since_start()); }
  [[nodiscard]] WallTime wall_time() const override { return WallTime(kWallStart + since_start()); }
  void advance(Duration by) { since_start_ += by.count(); }

 private:
  static constexpr Duration kWallStart = std::chrono::hours(24 * 365 * 50);

  [[nodiscard]] Duration since_start() const { return Duration(since_start_.load()); }

  std::atomic<Duration::rep> since_start_{Duration(std::chrono::hours(1)).count()};
};

}  // namespace ot
