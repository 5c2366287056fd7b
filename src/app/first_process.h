// The duties of process number 1, as which the tracker runs where a container holds nothing else.
//
// The kernel discards signals to it whose default action is to end the process, and makes it the
// parent of every orphan. Both functions do nothing for another `self`, which is getpid(2). Thread:
// main, before others are started.
#pragma once

#include <sys/types.h>

namespace ot {

// Lets the signals that ask for a stop or a reload wait until the loop watches them. Otherwise a
// container that is stopped while it starts would go on until it is killed. Call it first.
void keep_early_signals(pid_t self);

// Lets orphans end without leaving a zombie, such as those of a command that was run in the
// container. waitpid(2) reports no children from then on.
void leave_no_zombies(pid_t self);

}  // namespace ot
