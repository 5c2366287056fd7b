// The health check of --health: asks trackers one question each and says who does not answer.
//
// A program of its own in the same binary, since a container may have neither a shell nor curl. It
// needs no rights, reads no file but the configuration, writes none, and looks no name up. All are
// asked at once; the check as a whole takes at most kHealthTime. Thread: the caller's, which waits.
#pragma once

#include <chrono>
#include <string>
#include <vector>

#include "base/clock.h"
#include "config/health_url.h"
#include "config/settings.h"

namespace ot {

// Ends the program within 3 s.
inline constexpr Duration kHealthTime = std::chrono::milliseconds(2900);

// The listeners to ask, each once: those for PROXY headers are left out, a wildcard becomes the
// loopback address of its family. Without an address, as by default, `has_v6` says whether the
// kernel has IPv6 and a tracker would listen there.
[[nodiscard]] std::vector<HealthUrl> listeners_to_ask(const ListenSettings& settings, bool has_v6);
[[nodiscard]] bool kernel_has_v6();

// "UDP [::1]:6969"
[[nodiscard]] std::string describe(const HealthUrl& asked);

// A line for each of `asked` that does not answer as a tracker: "UDP [::1]:6969: no answer within
// 3 s". Empty: all are healthy.
[[nodiscard]] std::vector<std::string> unhealthy_of(const std::vector<HealthUrl>& asked,
                                                    const Clock& clock);

}  // namespace ot
