// A number with one writer: no locked instruction, and still no torn or invented value for readers.
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
