// What full scrapes and dumps have done and are doing, for the statistics.
#pragma once

#include <cstdint>

namespace ot {

struct DumpCounters {
  uint64_t runs = 0;     // runs begun
  uint64_t refused = 0;  // requests refused because too many waited
  uint64_t reset = 0;    // readers cut off, too slow or because the run failed
};

struct DumpStatus {
  DumpCounters counters;
  uint64_t readers = 0;      // being served
  uint64_t waiting = 0;      // for their run to begin
  uint64_t shards_done = 0;  // of the run being made, out of 1024
};

}  // namespace ot
