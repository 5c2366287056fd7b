// Limits events to a number per second, or per another period: a token bucket that is refilled once
// a period. Not thread-safe.
#pragma once

#include <cstdint>

#include "base/clock.h"

namespace ot {

class RateLimit {
 public:
  explicit RateLimit(uint32_t per_period, Duration period = std::chrono::seconds(1))
      : per_period_(per_period), period_(period), left_(per_period) {}

  // Takes a token; false if none is left for this period.
  [[nodiscard]] bool allow(MonotonicTime now) {
    if (now - filled_ >= period_) {
      filled_ = now;
      left_ = per_period_;
    }
    if (left_ == 0) return false;
    --left_;
    return true;
  }

 private:
  const uint32_t per_period_;
  const Duration period_;
  uint32_t left_;
  MonotonicTime filled_{};
};

}  // namespace ot
