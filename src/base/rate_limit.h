// Limits events to a number per second: a token bucket that is refilled once a second. Not
// thread-safe.
#pragma once

#include <cstdint>

#include "base/clock.h"

namespace ot {

class RateLimit {
 public:
  explicit RateLimit(uint32_t per_second) : per_second_(per_second), left_(per_second) {}

  // Takes a token; false if none is left for this second.
  [[nodiscard]] bool allow(MonotonicTime now) {
    if (now - filled_ >= std::chrono::seconds(1)) {
      filled_ = now;
      left_ = per_second_;
    }
    if (left_ == 0) return false;
    --left_;
    return true;
  }

 private:
  const uint32_t per_second_;
  uint32_t left_;
  MonotonicTime filled_{};
};

}  // namespace ot
