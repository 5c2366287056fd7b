// Small pieces of memory, close together, that are freed all at once.
//
// For what every look-up reads: from malloc each piece would lie on a page of its own, and no TLB
// holds that many pages. Chunks grow from 4 to 64 KiB, so a small table pays little. Not
// thread-safe.
#pragma once

#include "base/memory_budget.h"

namespace ot {

class Arena {
 public:
  // The budget must outlive this.
  explicit Arena(MemoryBudget& memory) : memory_(memory) {}
  Arena(const Arena&) = delete;
  Arena& operator=(const Arena&) = delete;
  ~Arena();

  // 16-byte aligned; null if there is no memory.
  [[nodiscard]] void* allocate(size_t bytes);

 private:
  // The header; what it gives out follows it.
  struct alignas(16) Chunk {
    Chunk* before;
    size_t size;  // in bytes, with this header
    size_t used;  // the same
  };

  [[nodiscard]] bool add_chunk(size_t bytes);

  MemoryBudget& memory_;
  Chunk* last_ = nullptr;
};

}  // namespace ot
