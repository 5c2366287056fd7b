// A histogram of durations with fixed bounds, as Prometheus counts them.
//
// Powers of two in microseconds, so that adding is a bit scan and a store. Thread: one writer, any
// number of readers.
#pragma once

#include <algorithm>
#include <array>
#include <bit>
#include <chrono>

#include "base/clock.h"
#include "base/count.h"

namespace ot {

class DurationHistogram {
 public:
  // The upper bounds are kFirst << 0 … kFirst << (kBounds - 1); the last bucket is for what is
  // longer: 16 us to 0.26 s.
  static constexpr size_t kBounds = 15;
  static constexpr std::chrono::microseconds kFirst{16};

  // So many of the same duration.
  void add(Duration duration, uint64_t times = 1) {
    const auto micros = std::chrono::ceil<std::chrono::microseconds>(duration).count();
    const auto units = static_cast<uint64_t>(std::max<int64_t>(micros - 1, 0)) /
                       static_cast<uint64_t>(kFirst.count());
    buckets_[std::min<size_t>(static_cast<size_t>(std::bit_width(units)), kBounds)].add(times);
    sum_.add(times *
             static_cast<uint64_t>(std::max<int64_t>(
                 std::chrono::duration_cast<std::chrono::nanoseconds>(duration).count(), 0)));
  }

  [[nodiscard]] static constexpr std::chrono::microseconds bound(size_t bucket) {
    return kFirst * (int64_t{1} << bucket);
  }
  // How many fell into this bucket alone; bucket <= kBounds.
  [[nodiscard]] uint64_t count(size_t bucket) const { return buckets_[bucket].value(); }
  [[nodiscard]] std::chrono::nanoseconds sum() const {
    return std::chrono::nanoseconds(static_cast<int64_t>(sum_.value()));
  }

 private:
  std::array<Count, kBounds + 1> buckets_;
  Count sum_;  // nanoseconds
};

}  // namespace ot
