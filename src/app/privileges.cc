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

namespace ot {
namespace {

using Step = Result<void, SystemError>;

struct UserIds {
  uid_t uid;
  gid_t gid;
};

Result<UserIds, StartError> look_up(const std::string& user) {
  constexpr size_t kLongestEntry = 16 << 10;
  std::vector<char> buffer(kLongestEntry);
  passwd entry{};
  passwd* found = nullptr;
  const int code = ::getpwnam_r(user.c_str(), &entry, buffer.data(), buffer.size(), &found);
  const auto refusal = [&](const std::string& reason) {
    return Unexpected(StartError::configuration("cannot become user '" + user + "': " + reason));
  };
  if (found == nullptr && code != 0)
    return Unexpected(SystemError{code, "look up user '" + user + "'"});
  if (found == nullptr)
    return refusal("there is no such user; name another with -u or tracker.user");
  if (found->pw_uid == 0) return refusal("that is root; name another with -u or tracker.user");
  if (found->pw_gid == 0)
    return refusal("its group is root's; name another with -u or tracker.user");
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

Step become(const UserIds& ids, const std::string& user) {
  const std::string whom = " of user '" + user + "'";
  if (Step step = check(::setgroups(0, nullptr), "drop supplementary groups"); !step) return step;
  if (Step step = check(::setresgid(ids.gid, ids.gid, ids.gid), "take the group" + whom); !step)
    return step;
  return check(::setresuid(ids.uid, ids.uid, ids.uid), "take the uid" + whom);
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

Step enter_chroot(const std::string& directory) {
  if (Step step = check(::chroot("."), "chroot " + directory); !step) return step;
  return check(::chdir("/"), "chdir / in " + directory);
}

Step leave_root(const UserIds& ids, const std::string& user, const std::string& directory) {
  if (Step step = enter_chroot(directory); !step) return step;
  empty_bounding_set();
  if (Step step = become(ids, user); !step) return step;
  // The change of uid has dropped them already, unless the secure bits say otherwise.
  if (Step step = drop_capabilities(); !step) return step;
  return verify_no_way_back();
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

Result<Standing, StartError> drop_privileges(const std::string& user,
                                             const std::string& directory) {
  assert(!directory.empty());
  const bool is_root = ::geteuid() == 0;
  UserIds ids{::getuid(), ::getgid()};
  if (is_root) {
    const auto found = look_up(user);  // before the chroot hides /etc/passwd
    if (!found) return Unexpected(found.error());
    ids = *found;
  }
  if (Step step = check(::chdir(directory.c_str()), "chdir " + directory); !step)
    return Unexpected(step.error());
  Standing standing{is_root ? user : "", ids.uid, ids.gid, current_directory(directory), is_root};
  if (Step step = is_root ? leave_root(ids, user, directory) : drop_capabilities(); !step)
    return Unexpected(step.error());
  if (Step step = seal(); !step) return Unexpected(step.error());
  return standing;
}

}  // namespace ot
