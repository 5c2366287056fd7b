// The parameters of mode=fulllog: which networks to record from now on, and the number of the first
// request to show.
//
// Pure. Who may choose networks is decided by permissions.h; the log itself is request_log.h.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "base/ip_address.h"
#include "base/result.h"

namespace ot {

struct RecordingQuery {
  std::optional<Network> add;
  bool reset = false;  // before `add`
  std::optional<uint64_t> from;

  [[nodiscard]] bool changes() const { return add || reset; }
};

// Reads `add=NET`, `reset` (with any value or none) and `from=NUMBER` of the raw query; the first
// of each counts. Refuses an invalid NET or NUMBER, in a static text that names the parameter.
[[nodiscard]] Result<RecordingQuery, std::string_view> parse_recording_query(
    std::string_view query);

}  // namespace ot
