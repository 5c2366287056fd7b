// Processor time of the calling thread: what tests that compare costs count in, because other
// programs and a machine that pauses do not add to it.
#pragma once

#include <ctime>

namespace ot {

[[nodiscard]] inline double thread_seconds() {
  timespec now{};
  ::clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) + static_cast<double>(now.tv_nsec) * 1e-9;
}

}  // namespace ot
