#include "bench/micro/allocations.h"

#include <atomic>
#include <cstddef>

// glibc's own names for malloc and the like, so that ours can come before them; operator new calls
// malloc.
extern "C" {
void* __libc_malloc(size_t size);
void* __libc_calloc(size_t count, size_t size);
void* __libc_realloc(void* block, size_t size);
}

namespace ot::bench {
namespace {

std::atomic<uint64_t> count{0};

}  // namespace

uint64_t allocations() { return count.load(std::memory_order_relaxed); }

}  // namespace ot::bench

extern "C" {

void* malloc(size_t size) {
  ot::bench::count.fetch_add(1, std::memory_order_relaxed);
  return __libc_malloc(size);
}

void* calloc(size_t count, size_t size) {
  ot::bench::count.fetch_add(1, std::memory_order_relaxed);
  return __libc_calloc(count, size);
}

void* realloc(void* block, size_t size) {
  ot::bench::count.fetch_add(1, std::memory_order_relaxed);
  return __libc_realloc(block, size);
}

}  // extern "C"
