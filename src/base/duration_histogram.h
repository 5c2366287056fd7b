// A histogram of durations with fixed bounds, as Prometheus expects one.
//
// The bounds are powers of two times 16 us, so that adding is a bit scan and a store. Thread: one
// writer, any number of readers.
#pragma once

#include <algorithm>
#include <array>
#include <bit>
#include <cassert>
#include <chrono>

#include "base/clock.h"
#include "base/count.h"

namespace ot {

class DurationHistogram {
 public:
  // The upper bounds double from 16 us to 0.26 s; bucket kBounds takes everything longer.
  static constexpr size_t kBounds = 15;
  static constexpr std::chrono::microseconds kFirst{16};

  // Counts `times` events that took this long each.
  void add(Duration duration, uint64_t times = 1) {
    const auto micros = std::chrono::ceil<std::chrono::microseconds>(duration).count();
    const auto units = static_cast<uint64_t>(std::max<int64_t>(micros - 1, 0)) /
                       static_cast<uint64_t>(kFirst.count());
    buckets_[std::min<size_t>(static_cast<size_t>(std::bit_width(units)), kBounds)].add(times);
    sum_.add(times *
             static_cast<uint64_t>(std::max<int64_t>(
                 std::chrono::duration_cast<std::chrono::nanoseconds>(duration).count(), 0)));
  }

  // The longest duration the bucket counts; bucket < kBounds.
  [[nodiscard]] static constexpr std::chrono::microseconds bound(size_t bucket) {
    assert(bucket < kBounds);
    return kFirst * (int64_t{1} << bucket);
  }
  // The number of events in this bucket alone; bucket <= kBounds.
  [[nodiscard]] uint64_t count(size_t bucket) const {
    assert(bucket <= kBounds);
    return buckets_[bucket].value();
  }
  // The sum of all durations added.
  [[nodiscard]] std::chrono::nanoseconds sum() const {
    return std::chrono::nanoseconds(static_cast<int64_t>(sum_.value()));
  }

 private:
  std::array<Count, kBounds + 1> buckets_;
  Count sum_;  // nanoseconds
};

}  // namespace ot
