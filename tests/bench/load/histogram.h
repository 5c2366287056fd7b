// Latencies in buckets whose width is at most 1/32 of their value: percentiles that are exact to
// three per cent, at a fixed size.
#pragma once

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <cstdint>

#include "base/clock.h"

namespace ot::bench {

class Histogram {
 public:
  void add(Duration value) {
    const auto ns = static_cast<uint64_t>(std::max<int64_t>(value.count(), 0));
    ++buckets_[bucket_of(ns)];
    ++count_;
    max_ = std::max(max_, ns);
  }

  [[nodiscard]] uint64_t count() const { return count_; }
  [[nodiscard]] double max_microseconds() const { return static_cast<double>(max_) / 1000; }

  // The upper edge of the bucket that contains this quantile; 0 if there are no values.
  [[nodiscard]] double percentile_microseconds(double share) const {
    const auto wanted = static_cast<uint64_t>(std::ceil(share * static_cast<double>(count_)));
    uint64_t seen = 0;
    for (size_t i = 0; i < buckets_.size(); ++i) {
      seen += buckets_[i];
      if (seen >= wanted && seen > 0)
        return static_cast<double>(std::min(upper_edge(i), max_)) / 1000;
    }
    return 0;
  }

 private:
  static constexpr unsigned kSubBits = 5;
  static constexpr uint64_t kSub = 1U << kSubBits;

  static size_t bucket_of(uint64_t ns) {
    if (ns < kSub) return static_cast<size_t>(ns);
    const auto shift = static_cast<unsigned>(std::bit_width(ns)) - kSubBits - 1;
    return static_cast<size_t>((uint64_t{shift} << kSubBits) + (ns >> shift));
  }
  static uint64_t upper_edge(size_t bucket) {
    if (bucket < 2 * kSub) return bucket;
    const size_t shift = (bucket >> kSubBits) - 1;
    return ((bucket & (kSub - 1)) + kSub + 1) << shift;
  }

  std::array<uint64_t, 64 * kSub> buckets_{};
  uint64_t count_ = 0;
  uint64_t max_ = 0;
};

}  // namespace ot::bench
