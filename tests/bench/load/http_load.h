// The ways to load an HTTP tracker: a connection for each request, connections kept open, several
// requests in one write; as fast as it answers, or at a rate.
#pragma once

#include "base/posix.h"
#include "base/result.h"
#include "bench/load/options.h"
#include "bench/load/population.h"
#include "bench/load/tally.h"

namespace ot::bench {

// Runs what the options say; the tally and the meter cover the same time.
[[nodiscard]] Result<void, SystemError> run_http(const Options& options,
                                                 const Population& population, Tally& tally,
                                                 UsageMeter& meter);

// "close", "keep" or "pipelined", with "-open" behind it at a rate.
[[nodiscard]] std::string http_mode(const Options& options);

}  // namespace ot::bench
