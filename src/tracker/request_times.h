// How long requests take, without a clock read for any of them.
//
// A pass of the loop reads the clock when it begins and when it ends, and all that it answers goes
// out in between. So a request that came in and was answered within one pass counts with the time
// of that pass: not less than it took, at most a few batches more. A request whose bytes came in
// more than one pass, or whose reply had to wait for the worker, is rare; its server remembers when
// it began and tells its time by itself. Thread: that of the loop.
#pragma once

#include <array>

#include "tracker/statistics.h"

namespace ot {

class RequestTimes {
 public:
  explicit RequestTimes(Statistics& statistics) : statistics_(statistics) {}

  // A pass took so long and has brought the number of requests answered within a pass to
  // `answered`, counted since the start, or since the sockets were opened anew.
  void end_pass(Transport transport, Duration took, uint64_t answered) {
    uint64_t& before = answered_[static_cast<size_t>(transport)];
    if (answered > before) statistics_.record_requests(transport, took, answered - before);
    before = answered;
  }

 private:
  Statistics& statistics_;
  std::array<uint64_t, 2> answered_{};
};

}  // namespace ot
