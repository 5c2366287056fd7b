// A small measuring loop: nanoseconds and allocations per operation.
#pragma once

#include <algorithm>
#include <array>
#include <cstdio>
#include <string_view>

#include "base/clock.h"
#include "bench/load/process.h"
#include "bench/micro/allocations.h"

namespace ot::bench {

// Keeps the compiler from leaving out what computes `value`.
template <typename T>
void keep(const T& value) {
  asm volatile("" : : "m"(value) : "memory");
}

// Runs `batch()`, which performs `operations` of them, nine times after one that warms up, and
// prints the median and the fastest, in CPU time of this thread.
template <typename Batch>
void measure(std::string_view name, size_t operations, Batch batch) {
  constexpr size_t kRounds = 9;
  batch();
  std::array<double, kRounds> times{};
  const uint64_t allocated = allocations();
  for (double& time : times) {
    const Duration before = own_cpu();
    batch();
    time = static_cast<double>((own_cpu() - before).count()) / static_cast<double>(operations);
  }
  const double per_operation = static_cast<double>(allocations() - allocated) /
                               static_cast<double>(operations) / static_cast<double>(kRounds);
  std::sort(times.begin(), times.end());
  std::printf("%-44.*s %9.1f ns (fastest %7.1f)  %6.3f allocations\n",
              static_cast<int>(name.size()), name.data(), times[kRounds / 2], times.front(),
              per_operation);
  std::fflush(stdout);
}

// The parts of the table of results; each prints its rows.
void measure_codecs();
void measure_table();
void measure_access();
void measure_paths();

}  // namespace ot::bench
