// The memory the table holds, counted where it is allocated, and its limit (tracker.max_memory).
//
// The count includes malloc's own 8 bytes a block and whole pages of the index, so that it follows
// the process's resident memory. Thread-safe: one budget serves all shards.
#pragma once

#include <atomic>
#include <cassert>
#include <cstddef>
#include <cstdint>

namespace ot {

// Bounds the work of each malloc, realloc and free in the process. By default glibc collects freed
// small blocks by the million and then merges them all in one call: a pause of 27 ms with 8 million
// peers. Call it first while the program has one thread; later calls do no harm.
void bound_malloc();

class MemoryBudget {
 public:
  // In bytes; 0: no limit.
  explicit MemoryBudget(uint64_t limit = 0) : limit_(limit) {}

  // Returns false, and takes nothing, if that would exceed the limit.
  [[nodiscard]] bool take(size_t bytes) {
    const uint64_t now = used_.fetch_add(bytes, std::memory_order_relaxed) + bytes;
    if (limit_ == 0 || now <= limit_) return true;
    give(bytes);
    return false;
  }
  // Whether take(bytes) would succeed now.
  [[nodiscard]] bool has(size_t bytes) const { return limit_ == 0 || used() + bytes <= limit_; }
  // Gives back bytes that were taken.
  void give(size_t bytes) {
    [[maybe_unused]] const uint64_t before = used_.fetch_sub(bytes, std::memory_order_relaxed);
    assert(before >= bytes);
  }

  [[nodiscard]] uint64_t used() const { return used_.load(std::memory_order_relaxed); }

  // malloc, realloc and free within the budget. Sizes must be results of block_size(); old_size
  // counts only with an `old`. Null if there is no memory or the limit is reached; `old` is then
  // unchanged.
  [[nodiscard]] void* resize(void* old, size_t old_size, size_t new_size);
  void release(void* block, size_t size);

  // The smallest size of at least `bytes` that malloc serves without waste: 16n + 8 on 64-bit
  // glibc.
  [[nodiscard]] static constexpr size_t block_size(size_t bytes) {
    return bytes <= 24 ? 24 : ((bytes + 7) / 16) * 16 + 8;
  }

 private:
  static constexpr size_t kMallocHeader = 8;

  std::atomic<uint64_t> used_{0};
  const uint64_t limit_;
};

}  // namespace ot
