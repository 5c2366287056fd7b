#include "base/clock.h"

#include <ctime>

namespace ot {
namespace {

Duration read(clockid_t id) {
  timespec ts{};
  clock_gettime(id, &ts);
  return std::chrono::seconds(ts.tv_sec) + std::chrono::nanoseconds(ts.tv_nsec);
}

}  // namespace

MonotonicTime SystemClock::now() const { return MonotonicTime(read(CLOCK_MONOTONIC)); }
WallTime SystemClock::wall_time() const { return WallTime(read(CLOCK_REALTIME)); }

}  // namespace ot
