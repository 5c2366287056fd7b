// The CPU time and the resident memory of a process, from /proc.
#pragma once

#include <sys/types.h>

#include <cstdint>

#include "base/clock.h"

namespace ot::bench {

struct ProcessUsage {
  // User and system time of all live threads, from schedstat: stat only counts ticks.
  Duration cpu{0};
  uint64_t rss_bytes = 0;
};

// Zeros for pid 0 and for a process that has ended.
[[nodiscard]] ProcessUsage usage_of(pid_t pid);

// The CPU time of this thread.
[[nodiscard]] Duration own_cpu();

}  // namespace ot::bench
