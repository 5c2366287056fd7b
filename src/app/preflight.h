// What -t finds beyond the configuration's text: whether the directory, the user and the files are
// as the start needs them.
//
// A forked child gives up root as the start does and looks; its findings come back through a pipe,
// so the caller keeps its user and directory. Binds nothing and changes nothing. Thread: the only
// one.
#pragma once

#include "app/configured_files.h"

namespace ot {

// If the directory is missing or closed, what lies below it is not judged. If the user is unknown,
// the files are looked at as the caller.
[[nodiscard]] Findings preflight(const Settings& settings);

}  // namespace ot
