#include "base/memory_budget.h"

#include <malloc.h>

#include <cstdlib>

namespace ot {

// No "fast bins": a block is merged with its free neighbours when it is freed. Fails only where
// another malloc stands in, a sanitizer's, which has none.
void bound_malloc() {
  // NOLINTNEXTLINE(concurrency-mt-unsafe): first called when there is one thread; later no change
  mallopt(M_MXFAST, 0);
}

void* MemoryBudget::resize(void* old, size_t old_size, size_t new_size) {
  const size_t held = old == nullptr ? 0 : old_size + kMallocHeader;
  const size_t wanted = new_size + kMallocHeader;
  if (wanted > held && !take(wanted - held)) return nullptr;
  void* block = std::realloc(old, new_size);
  if (block == nullptr) {
    if (wanted > held) give(wanted - held);
    return nullptr;
  }
  if (wanted < held) give(held - wanted);
  return block;
}

void MemoryBudget::release(void* block, size_t size) {
  if (block == nullptr) return;
  std::free(block);
  give(size + kMallocHeader);
}

}  // namespace ot
