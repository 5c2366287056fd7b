#include "app/privileges.h"

#include <grp.h>
#include <linux/capability.h>
#include <pwd.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <array>
#include <cassert>
#include <cerrno>
#include <vector>

#include "config/values.h"

namespace ot {
namespace {

using Step = Result<void, SystemError>;
using Done = Result<void, StartError>;

constexpr const char* kNameAnother = "; name another with -u or tracker.user";

Result<UserIds, StartError> look_up(const std::string& user) {
  constexpr size_t kLongestEntry = 16 << 10;
  std::vector<char> buffer(kLongestEntry);
  passwd entry{};
  passwd* found = nullptr;
  const int code = ::getpwnam_r(user.c_str(), &entry, buffer.data(), buffer.size(), &found);
  const auto refusal = [&](const std::string& reason) {
    return Unexpected(StartError::configuration("cannot become user '" + user + "': " + reason));
  };
  // getpwnam(3) lists these for a name that is not found, as without an /etc/passwd.
  const bool is_missing =
      code == 0 || code == ENOENT || code == ESRCH || code == EBADF || code == EPERM;
  if (found == nullptr && !is_missing)
    return Unexpected(SystemError{code, "look up user '" + user + "'"});
  if (found == nullptr) {
    return refusal(std::string("there is no such user") + kNameAnother +
                   ", or write a number such as 65534, which needs no entry in /etc/passwd");
  }
  if (found->pw_uid == 0) return refusal(std::string("that is root") + kNameAnother);
  if (found->pw_gid == 0) return refusal(std::string("its group is root's") + kNameAnother);
  return UserIds{found->pw_uid, found->pw_gid};
}

Step check(long result, const std::string& what) {
  if (result != 0) return last_error(what);
  return {};
}

using Capabilities = std::array<__user_cap_data_struct, _LINUX_CAPABILITY_U32S_3>;

// glibc has no wrapper for these two.
Step call_for_capabilities(long number, Capabilities& sets, const std::string& what) {
  __user_cap_header_struct header{_LINUX_CAPABILITY_VERSION_3, 0};
  return check(::syscall(number, &header, sets.data()), what);
}

bool has_capability(unsigned capability) {
  Capabilities sets{};
  return call_for_capabilities(SYS_capget, sets, "") &&
         (sets.at(capability / 32).effective >> capability % 32 & 1U) != 0;
}

// What an operator whose root may not do a step can do: containers often have such a root.
constexpr const char* kRunAsAnother =
    "; start the tracker as another user instead of as root, for example with --user 65534 of the "
    "container, or User= of the service";

// A failed step of giving up root, which needs `capability`. Going on as root would be unsafe, so
// this ends the start.
StartError without_right(const SystemError& error, unsigned capability, const std::string& name) {
  if (error.code == EINVAL) {
    return StartError::system(error.message() + "; this user namespace, as of a container, does " +
                              "not map the id" + kRunAsAnother);
  }
  if (error.code != EPERM) return error;
  const std::string reason =
      has_capability(capability)
          ? "; something forbids it in spite of " + name +
                ", such as a user namespace that maps only one id, or a system call filter"
          : "; root lacks the capability " + name + ", as in a container";
  return StartError::system(error.message() + reason + kRunAsAnother);
}

Result<bool, SystemError> has_capabilities() {
  Capabilities sets{};
  if (Step step = call_for_capabilities(SYS_capget, sets, "read the capabilities"); !step)
    return Unexpected(step.error());
  bool any = false;
  for (const auto& set : sets)
    any = any || set.effective != 0 || set.permitted != 0 || set.inheritable != 0;
  return any;
}

// Asks first, since the system call filter of a service may forbid capset.
Step drop_capabilities() {
  const auto before = has_capabilities();
  if (!before) return Unexpected(before.error());
  if (!*before) return {};
  Capabilities none{};
  if (Step step = call_for_capabilities(SYS_capset, none, "drop all capabilities"); !step)
    return step;
  const auto after = has_capabilities();
  if (!after) return Unexpected(after.error());
  if (*after) return Unexpected(SystemError{EPERM, "drop all capabilities for good"});
  return {};
}

// Limits what executing a file with capabilities could give us; no_new_privs does so once more, so
// a failure is ignored: root in a container may lack the capability that this needs.
void empty_bounding_set() {
  for (unsigned long capability = 0; capability <= CAP_LAST_CAP; ++capability)
    ::prctl(PR_CAPBSET_DROP, capability, 0UL, 0UL, 0UL);
}

// A user namespace may forbid setgroups(2); without a group there is nothing to drop.
Step drop_groups() {
  Step step = check(::setgroups(0, nullptr), "drop supplementary groups");
  return step || ::getgroups(0, nullptr) != 0 ? step : Step();
}

Done become(const UserIds& ids, const std::string& user) {
  const std::string whom = " of user '" + user + "'";
  if (Step step = drop_groups(); !step)
    return Unexpected(without_right(step.error(), CAP_SETGID, "CAP_SETGID"));
  const std::string gid = "take the group " + std::to_string(ids.gid) + whom;
  if (Step step = check(::setresgid(ids.gid, ids.gid, ids.gid), gid); !step)
    return Unexpected(without_right(step.error(), CAP_SETGID, "CAP_SETGID"));
  const std::string uid = "take the uid " + std::to_string(ids.uid) + whom;
  if (Step step = check(::setresuid(ids.uid, ids.uid, ids.uid), uid); !step)
    return Unexpected(without_right(step.error(), CAP_SETUID, "CAP_SETUID"));
  return {};
}

Step verify_no_way_back() {
  if (::setresuid(0, 0, 0) == 0 || ::setresgid(0, 0, 0) == 0 || ::setgroups(0, nullptr) == 0)
    return Unexpected(SystemError{EPERM, "give up root for good"});
  return {};
}

std::string current_directory(const std::string& fallback) {
  std::vector<char> buffer(4096);
  return ::getcwd(buffer.data(), buffer.size()) != nullptr ? buffer.data() : fallback;
}

Done enter_chroot(const std::string& directory) {
  if (Step step = check(::chroot("."), "chroot " + directory); !step)
    return Unexpected(without_right(step.error(), CAP_SYS_CHROOT, "CAP_SYS_CHROOT"));
  if (Step step = check(::chdir("/"), "chdir / in " + directory); !step)
    return Unexpected(StartError(step.error()));
  return {};
}

// `user` and `directory` as written, for messages.
Done leave_root(const UserIds& ids, const std::string& user, const std::string& directory,
                const UserPlaces& places) {
  if (const Done done = enter_chroot(directory); !done)
    return Unexpected(done.error().at(places.directory));
  empty_bounding_set();
  if (const Done done = become(ids, user); !done) return Unexpected(done.error().at(places.user));
  // The change of uid has dropped them already, unless the secure bits say otherwise.
  if (Step step = drop_capabilities(); !step) return Unexpected(StartError(step.error()));
  if (Step step = verify_no_way_back(); !step) return Unexpected(StartError(step.error()));
  return {};
}

Done change_directory(const std::string& directory) {
  if (Step step = check(::chdir(directory.c_str()), "chdir " + directory); !step)
    return Unexpected(StartError(step.error()));
  return {};
}

// Last, since a change of uid resets whether the process is dumpable.
Step seal() {
  if (Step step = check(::prctl(PR_SET_NO_NEW_PRIVS, 1UL, 0UL, 0UL, 0UL), "set no_new_privs");
      !step)
    return step;
  return check(::prctl(PR_SET_DUMPABLE, 0UL, 0UL, 0UL, 0UL), "forbid core dumps");
}

}  // namespace

std::string describe(const Standing& standing) {
  const std::string ids =
      "uid " + std::to_string(standing.uid) + ", gid " + std::to_string(standing.gid);
  const std::string whom = standing.user.empty() ? ids : "user " + standing.user + " (" + ids + ")";
  return "running as " + whom + (standing.in_chroot ? ", in a chroot at " : ", in ") +
         standing.directory;
}

Result<UserIds, StartError> resolve_user(const std::string& user) {
  const auto numbers = parse_user_numbers(user);
  if (!numbers) {
    return Unexpected(StartError::configuration("cannot become user " + numbers.error()));
  }
  if (*numbers) return UserIds{(*numbers)->uid, (*numbers)->gid};
  return look_up(user);
}

Result<Standing, StartError> drop_privileges(const std::string& user, const std::string& directory,
                                             const UserPlaces& places) {
  assert(!directory.empty());
  const bool is_root = ::geteuid() == 0;
  UserIds ids{::getuid(), ::getgid()};
  if (is_root) {
    const auto found = resolve_user(user);  // before the chroot hides /etc/passwd
    if (!found) return Unexpected(found.error().at(places.user));
    ids = *found;
  }
  if (const Done done = change_directory(directory); !done)
    return Unexpected(done.error().at(places.directory));
  Standing standing{is_root ? user : "", ids.uid, ids.gid, current_directory(directory), is_root};
  if (is_root) {
    const Done done = leave_root(ids, user, directory, places);
    if (!done) return Unexpected(done.error());
  } else if (Step step = drop_capabilities(); !step) {
    return Unexpected(step.error());
  }
  if (Step step = seal(); !step) return Unexpected(step.error());
  return standing;
}

}  // namespace ot
