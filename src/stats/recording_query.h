// What a query of mode=fulllog says of the log of raw requests: whose to record from now on, and
// from which number on to show.
//
// Pure. Who may choose networks is decided elsewhere (permissions.h); the log itself is
// request_log.h.
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

// `add=NET`, `reset` (with whatever value) and `from=NUMBER` of the raw query; the first of each
// counts. Refused, in a static sentence that names the parameter: a NET that is none, a NUMBER that
// is none.
[[nodiscard]] Result<RecordingQuery, std::string_view> parse_recording_query(
    std::string_view query);

}  // namespace ot
