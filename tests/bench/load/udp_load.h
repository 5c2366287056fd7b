// The ways to load a UDP tracker: filling it, a closed loop, an open loop, and bursts.
#pragma once

#include "base/posix.h"
#include "bench/load/options.h"
#include "bench/load/population.h"
#include "bench/load/tally.h"

namespace ot::bench {

// Runs the load that the options describe. The tally counts requests sent after the warm-up and
// their replies; the meter covers the same time.
[[nodiscard]] Result<void, SystemError> run_udp(const Options& options,
                                                const Population& population, Tally& tally,
                                                UsageMeter& meter);

// "fill", "closed", "open" or "burst".
[[nodiscard]] std::string_view udp_mode(const Options& options);

}  // namespace ot::bench
