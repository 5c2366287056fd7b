// The memory the table holds, counted where it is taken, and its limit (tracker.max_memory).
//
// Thread-safe: one budget serves all shards. The count includes malloc's own 8 bytes a block and
// whole pages of the index, so it tracks RSS, not wishes.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>

namespace ot {

// Makes malloc, realloc and free of the whole process do a bounded amount of work each. Unless told
// so, glibc collects freed small blocks by the million and merges them all in one call, a pause of
// 27 ms with 8 million peers. Before the program has threads, or any number of times after that.
void bound_malloc();

class MemoryBudget {
 public:
  // 0: no limit.
  explicit MemoryBudget(uint64_t limit = 0) : limit_(limit) {}

  // False, and nothing taken, if the limit would be passed.
  [[nodiscard]] bool take(size_t bytes) {
    const uint64_t now = used_.fetch_add(bytes, std::memory_order_relaxed) + bytes;
    if (limit_ == 0 || now <= limit_) return true;
    give(bytes);
    return false;
  }
  // Whether so much could be taken now.
  [[nodiscard]] bool has(size_t bytes) const { return limit_ == 0 || used() + bytes <= limit_; }
  void give(size_t bytes) { used_.fetch_sub(bytes, std::memory_order_relaxed); }

  [[nodiscard]] uint64_t used() const { return used_.load(std::memory_order_relaxed); }

  // malloc, realloc and free against the budget. Sizes must be results of block_size().
  // Null if there is no memory or no budget; then `old` is as it was.
  [[nodiscard]] void* resize(void* old, size_t old_size, size_t new_size);
  void release(void* block, size_t size);

  // The smallest size of at least `bytes` that malloc fills without slack: 16n + 8 on 64-bit glibc.
  [[nodiscard]] static constexpr size_t block_size(size_t bytes) {
    return bytes <= 24 ? 24 : ((bytes + 7) / 16) * 16 + 8;
  }

 private:
  static constexpr size_t kMallocHeader = 8;

  std::atomic<uint64_t> used_{0};
  const uint64_t limit_;
};

}  // namespace ot
