// Giving up root: chroot, no groups, no capabilities, no way back.
//
// Called once, after everything is bound and connected, before the first packet and the first
// thread. From then on the process cannot gain privileges by executing a file (no_new_privs), and
// neither a core dump nor another process of the same user can read its memory, which holds the
// secret keys of connection ids and table and the addresses of all clients. This is done by
// PR_SET_DUMPABLE, since the kernel ignores RLIMIT_CORE where cores go to a program such as
// systemd-coredump. /proc/PID belongs to root then, so that strace, perf and gdb need root, too.
#pragma once

#include <sys/types.h>

#include <string>

#include "app/start_error.h"
#include "base/result.h"

namespace ot {

struct UserIds {
  uid_t uid = 0;
  gid_t gid = 0;
};

// The ids of a user by name, or by number ("65534", "1000:1000"), which needs no entry in
// /etc/passwd. An unknown name, uid 0, gid 0 and an invalid number are errors of the configuration.
[[nodiscard]] Result<UserIds, StartError> resolve_user(const std::string& user);

// Where user and directory were written ("opentracker.conf:3: tracker.user", "-d"): the start of a
// message about them. Empty: nowhere, they are defaults.
struct UserPlaces {
  std::string user;
  std::string directory;
};

// Who the process is afterwards, and where.
struct Standing {
  std::string user;  // the user it has become; empty if it did not start as root
  uid_t uid = 0;
  gid_t gid = 0;
  std::string directory;  // its absolute path, as seen from outside
  bool in_chroot = false;
};

// "running as user nobody (uid 65534, gid 65534), in a chroot at /var/lib/opentracker"
[[nodiscard]] std::string describe(const Standing& standing);

// `directory` is not empty. As root: enters `directory` with chroot, drops supplementary groups and
// all capabilities (the bounding set as far as the system allows), becomes `user` with its group,
// and verifies that none of this can be undone. Otherwise: changes to `directory` and drops the
// capabilities that were needed to bind. Errors name the place and the step, and a root that may
// not give itself up, as in a container, the missing capability: going on as root would be unsafe.
[[nodiscard]] Result<Standing, StartError> drop_privileges(const std::string& user,
                                                           const std::string& directory,
                                                           const UserPlaces& places = {});

}  // namespace ot
