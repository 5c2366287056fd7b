// The processor time of the calling thread. Tests that compare costs use it because other programs
// and pauses of the machine do not add to it.
#pragma once

#include <ctime>

namespace ot {

[[nodiscard]] inline double thread_seconds() {
  timespec now{};
  ::clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) + static_cast<double>(now.tv_nsec) * 1e-9;
}

}  // namespace ot
