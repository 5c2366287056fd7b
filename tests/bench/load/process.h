// What the kernel says a process has used: CPU time and resident memory, from /proc.
#pragma once

#include <sys/types.h>

#include <cstdint>

#include "base/clock.h"

namespace ot::bench {

struct ProcessUsage {
  // User and system time of all live threads (schedstat; to the nanosecond where stat has ticks).
  Duration cpu{0};
  uint64_t rss_bytes = 0;
};

// Zeros for pid 0 or a process that is gone.
[[nodiscard]] ProcessUsage usage_of(pid_t pid);

// CPU time of this thread.
[[nodiscard]] Duration own_cpu();

}  // namespace ot::bench
