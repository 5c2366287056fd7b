// The ways to load an HTTP tracker: with a connection for each request, with connections kept open,
// or with several requests in one write; as fast as it answers, or at a given rate.
#pragma once

#include "base/posix.h"
#include "base/result.h"
#include "bench/load/options.h"
#include "bench/load/population.h"
#include "bench/load/tally.h"

namespace ot::bench {

// Runs the load that the options describe. The tally and the meter cover the same time.
[[nodiscard]] Result<void, SystemError> run_http(const Options& options,
                                                 const Population& population, Tally& tally,
                                                 UsageMeter& meter);

// "close", "keep" or "pipelined", followed by "-open" if there is a rate.
[[nodiscard]] std::string http_mode(const Options& options);

}  // namespace ot::bench
