// Memory that is kept until the end, close together.
//
// For what is read with each look-up and never given back: small blocks of malloc's would each lie
// on a page of their own, and no TLB holds so many. Chunks grow from 4 to 64 KiB, so that a small
// table pays little. Not thread-safe.
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
  // What it gives out stands behind it.
  struct alignas(16) Chunk {
    Chunk* before;
    size_t size;  // all of it
    size_t used;
  };

  [[nodiscard]] bool add_chunk(size_t bytes);

  MemoryBudget& memory_;
  Chunk* last_ = nullptr;
};

}  // namespace ot
