// The cheapest server there can be: system calls as a tracker makes them, canned answers, no
// thought. What it costs is the floor under every tracker; what it answers a second is how fast
// this generator can ask. Its replies are well-formed, and wrong: load it with --verify none.
#pragma once

#include "base/posix.h"
#include "base/result.h"
#include "bench/load/options.h"

namespace ot::bench {

// Serves UDP and HTTP at options.target until killed; --close as in the client.
[[nodiscard]] Result<void, SystemError> run_null_server(const Options& options);

}  // namespace ot::bench
