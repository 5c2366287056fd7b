// A counter that one thread writes and any thread reads.
//
// With a single writer, adding needs no locked instruction, and readers still never see a torn
// value.
#pragma once

#include <atomic>
#include <cstdint>

namespace ot {

class Count {
 public:
  void add(uint64_t by) {
    value_.store(value_.load(std::memory_order_relaxed) + by, std::memory_order_relaxed);
  }
  [[nodiscard]] uint64_t value() const { return value_.load(std::memory_order_relaxed); }

 private:
  std::atomic<uint64_t> value_{0};
};

}  // namespace ot
