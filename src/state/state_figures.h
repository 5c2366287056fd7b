// What is known of the state file: of its last good writing, and of what was read at start.
//
// A value; all zeros without a state file.
#pragma once

#include "base/clock.h"
#include "state/state_format.h"

namespace ot {

struct StateFigures {
  // Since the start.
  uint64_t writes = 0;
  uint64_t failed_writes = 0;
  // Of the last good one.
  StateTotals written;
  uint64_t bytes = 0;
  Duration write_took{0};
  WallTime written_at;  // 1970 if there was none
  // At start.
  StateTotals loaded;
  Duration load_took{0};
};

}  // namespace ot
