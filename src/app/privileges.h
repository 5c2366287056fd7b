// Giving up root: chroot, no groups, no capabilities, no way back.
//
// Called once, after everything is bound and connected, before the first packet and the first
// thread. From then on the process cannot gain rights by executing a file (no_new_privs), and
// neither a core dump nor another process of the same user can read its memory: in there are the
// keys that connection ids and the table rest on, and the addresses of everybody served. That is
// PR_SET_DUMPABLE and not RLIMIT_CORE, which the kernel ignores where cores go to a program such as
// systemd-coredump. It leaves /proc/PID to root, so that strace, perf and gdb need root, too.
#pragma once

#include <sys/types.h>

#include <string>

#include "app/start_error.h"
#include "base/result.h"

namespace ot {

// Who we are afterwards, and where.
struct Standing {
  std::string user;  // whom we have become; empty if we started as him
  uid_t uid = 0;
  gid_t gid = 0;
  std::string directory;  // its absolute path, as seen from outside
  bool in_chroot = false;
};

// "running as user nobody (uid 65534, gid 65534), in a chroot at /var/lib/opentracker"
[[nodiscard]] std::string describe(const Standing& standing);

// As root: enters `directory` with chroot, drops supplementary groups and all capabilities (the
// bounding set as far as the system allows), becomes `user` with his group, and verifies that
// nothing of it can be had again. Otherwise: changes to `directory` and drops the capabilities that
// were good for binding. Errors name the step; an unknown user, one with uid 0 and one with gid 0
// are errors of the configuration.
[[nodiscard]] Result<Standing, StartError> drop_privileges(const std::string& user,
                                                           const std::string& directory);

}  // namespace ot
