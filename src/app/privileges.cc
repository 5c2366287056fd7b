#include "app/privileges.h"

#include <grp.h>
#include <pwd.h>
#include <unistd.h>

#include <cerrno>
#include <vector>

namespace ot {
namespace {

using Step = Result<void, SystemError>;

struct Identity {
  uid_t uid;
  gid_t gid;
};

Result<Identity, SystemError> look_up(const std::string& user) {
  constexpr size_t kLongestEntry = 16 << 10;
  std::vector<char> buffer(kLongestEntry);
  passwd entry{};
  passwd* found = nullptr;
  const int code = ::getpwnam_r(user.c_str(), &entry, buffer.data(), buffer.size(), &found);
  if (found == nullptr) {
    return Unexpected(SystemError{code == 0 ? ENOENT : code, "look up user '" + user + "'"});
  }
  if (found->pw_uid == 0) {
    return Unexpected(SystemError{EPERM, "become user '" + user + "', who is root himself"});
  }
  return Identity{found->pw_uid, found->pw_gid};
}

Step check(int result, const std::string& what) {
  if (result != 0) return last_error(what);
  return {};
}

Step become(const Identity& identity, const std::string& user) {
  if (Step step = check(::setgroups(0, nullptr), "drop supplementary groups"); !step) return step;
  const std::string whom = " of user '" + user + "'";
  if (Step step =
          check(::setresgid(identity.gid, identity.gid, identity.gid), "take the group" + whom);
      !step) {
    return step;
  }
  return check(::setresuid(identity.uid, identity.uid, identity.uid), "take the uid" + whom);
}

}  // namespace

Result<void, SystemError> drop_privileges(const std::string& user, const std::string& directory) {
  if (::geteuid() != 0) return check(::chdir(directory.c_str()), "chdir " + directory);
  const auto identity = look_up(user);  // before the chroot hides /etc/passwd
  if (!identity) return Unexpected(identity.error());
  if (Step step = check(::chdir(directory.c_str()), "chdir " + directory); !step) return step;
  if (Step step = check(::chroot("."), "chroot " + directory); !step) return step;
  if (Step step = check(::chdir("/"), "chdir / in " + directory); !step) return step;
  if (Step step = become(*identity, user); !step) return step;
  if (::setresuid(0, 0, 0) == 0 || ::setresgid(0, 0, 0) == 0) {
    return Unexpected(SystemError{EPERM, "give up root for good"});
  }
  return {};
}

}  // namespace ot
