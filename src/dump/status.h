// What the full scrapes and dumps are doing, for whoever watches over them.
#pragma once

#include <cstdint>

namespace ot {

struct DumpCounters {
  uint64_t runs = 0;     // begun
  uint64_t refused = 0;  // requests turned away because too many waited
  uint64_t reset = 0;    // readers cut off: too slow, or the run failed
};

struct DumpStatus {
  DumpCounters counters;
  uint64_t readers = 0;      // being served
  uint64_t waiting = 0;      // for a run of theirs
  uint64_t shards_done = 0;  // of the run under way, of 1024
};

}  // namespace ot
