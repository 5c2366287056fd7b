// Giving up root: chroot, no groups, no way back.
//
// Called once, before the first packet and before the first thread.
#pragma once

#include <string>

#include "base/posix.h"
#include "base/result.h"

namespace ot {

// As root: enters `directory` with chroot, drops supplementary groups, becomes `user` with his
// group, and verifies that root cannot be had again. Otherwise: only changes to `directory`. Errors
// name the step; an unknown user and one with uid 0 are errors too.
[[nodiscard]] Result<void, SystemError> drop_privileges(const std::string& user,
                                                        const std::string& directory);

}  // namespace ot
