// The sentences of the log's first and last lines: who runs where, whom it serves, how long it was.
#pragma once

#include <string>
#include <string_view>

#include "access/access_control.h"
#include "app/privileges.h"

namespace ot {

// "running as user nobody (uid 65534, gid 65534), in a chroot at /var/lib/opentracker"
[[nodiscard]] std::string describe(const Standing& standing);

// The mode; `list` is the path of the list that is configured, or "".
[[nodiscard]] std::string describe_access(AccessMode mode, std::string_view list);

}  // namespace ot
