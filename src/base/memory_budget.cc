#include "base/memory_budget.h"

#include <malloc.h>

#include <cstdlib>

namespace ot {

// Turns off the "fast bins", so that free() merges a block with its free neighbours at once. Fails
// only with a sanitizer's malloc, which has no such bins.
void bound_malloc() {
  // The first call is made with one thread; later ones change nothing.
  // NOLINTNEXTLINE(concurrency-mt-unsafe)
  mallopt(M_MXFAST, 0);
}

void* MemoryBudget::resize(void* old, size_t old_size, size_t new_size) {
  assert(old == nullptr || old_size == block_size(old_size));
  assert(new_size == block_size(new_size));
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
  assert(size == block_size(size));
  std::free(block);
  give(size + kMallocHeader);
}

}  // namespace ot
