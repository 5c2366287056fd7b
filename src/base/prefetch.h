// Asks the processor for a line of memory before it is needed.
#pragma once

namespace ot {

// Prefetches the cache line at `address`, which may be any address. The empty asm statement counts
// as a side effect: without it g++ believes that a function which only prefetches has no effect and
// drops the call, which cost 150 ns an announce.
inline void prefetch_line(const void* address) {
  __builtin_prefetch(address);
  asm volatile("");  // NOLINT(hicpp-no-assembler)
}

}  // namespace ot
