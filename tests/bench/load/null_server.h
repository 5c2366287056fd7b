// The cheapest possible server: the system calls of a tracker, and canned replies. Its cost is the
// floor under every tracker; the rate it answers at is the most this generator can send. Its
// replies are well-formed but wrong, so load it with --verify none.
#pragma once

#include "base/posix.h"
#include "base/result.h"
#include "bench/load/options.h"

namespace ot::bench {

// Serves UDP and HTTP at options.target until it is killed. --close works as in the client.
[[nodiscard]] Result<void, SystemError> run_null_server(const Options& options);

}  // namespace ot::bench
