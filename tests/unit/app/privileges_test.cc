// Root is given up in child processes. Run without root, these tests check the other half of the
// contract: drop_privileges() only changes the directory.
#include "app/privileges.h"

#include <grp.h>
#include <gtest/gtest.h>
#include <pwd.h>
#include <sys/prctl.h>
#include <sys/stat.h>

#include <cerrno>
#include <filesystem>
#include <fstream>

#include "unit/app/child_process.h"

namespace ot {
namespace {

bool is_root() { return ::geteuid() == 0; }

std::string outcome(const Result<Standing, StartError>& result) {
  return result ? "done" : result.error().message();
}

class PrivilegesTest : public testing::Test {
 protected:
  PrivilegesTest() : directory_(make_directory()) {
    std::ofstream(directory_ / "inside").put('x');
    std::filesystem::permissions(directory_, std::filesystem::perms(0755));
  }
  ~PrivilegesTest() override { std::filesystem::remove_all(directory_); }
  PrivilegesTest(const PrivilegesTest&) = delete;
  PrivilegesTest& operator=(const PrivilegesTest&) = delete;

  static std::filesystem::path make_directory() {
    std::string name = std::filesystem::temp_directory_path() / "opentracker-XXXXXX";
    return ::mkdtemp(name.data());
  }

  // Gives up root in a child and reports what the check finds there.
  std::string after_drop(const std::function<std::string()>& check) {
    return report_of_child([&] {
      const auto dropped = drop_privileges("nobody", directory_.string());
      return dropped ? check() : outcome(dropped);
    });
  }
  // The result of drop_privileges() in a child process.
  static std::string drop(const std::string& user, const std::string& directory) {
    return report_of_child([&] { return outcome(drop_privileges(user, directory)); });
  }

  const std::filesystem::path directory_;
};

std::string ids() {
  uid_t real = 0;
  uid_t effective = 0;
  uid_t saved = 0;
  ::getresuid(&real, &effective, &saved);
  std::string text = "uid";
  for (const uid_t uid : {real, effective, saved}) text += " " + std::to_string(uid);
  ::getresgid(&real, &effective, &saved);
  text += " gid";
  for (const gid_t gid : {real, effective, saved}) text += " " + std::to_string(gid);
  return text + " groups " + std::to_string(::getgroups(0, nullptr));
}

TEST_F(PrivilegesTest, BecomesTheUserWithOnlyItsGroup) {
  const passwd* nobody = ::getpwnam("nobody");
  ASSERT_NE(nobody, nullptr);
  const std::string uid = " " + std::to_string(nobody->pw_uid);
  const std::string gid = " " + std::to_string(nobody->pw_gid);
  const std::string dropped = "uid" + uid + uid + uid + " gid" + gid + gid + gid + " groups 0";
  EXPECT_EQ(after_drop(ids), is_root() ? dropped : ids());
}

TEST_F(PrivilegesTest, DropsSupplementaryGroups) {
  const std::string report = report_of_child([&]() -> std::string {
    const std::array<gid_t, 2> groups{4, 6};
    if (is_root() && ::setgroups(groups.size(), groups.data()) != 0) return "no groups to drop";
    if (const auto dropped = drop_privileges("nobody", directory_); !dropped)
      return outcome(dropped);
    return std::to_string(::getgroups(0, nullptr));
  });
  EXPECT_EQ(report, is_root() ? "0" : std::to_string(::getgroups(0, nullptr)));
}

TEST_F(PrivilegesTest, CannotBecomeRootAgain) {
  const std::string report = after_drop([] {
    const bool regained = ::setuid(0) == 0 || ::seteuid(0) == 0 || ::setresuid(0, 0, 0) == 0 ||
                          ::setgid(0) == 0 || ::setegid(0) == 0 || ::chroot("/") == 0;
    return std::string(regained ? "root again" : "no way back");
  });
  EXPECT_EQ(report, "no way back");
}

TEST_F(PrivilegesTest, MakesTheDirectoryTheRootForRootAndTheCurrentOneForOthers) {
  const std::string report = after_drop([&] {
    std::string seen = ::access("inside", R_OK) == 0 ? "inside" : "elsewhere";
    seen += ::access("/inside", R_OK) == 0 ? ", chroot" : ", no chroot";
    seen += ::access("../../../../../../etc/passwd", R_OK) == 0 ? ", open" : ", closed";
    return seen;
  });
  EXPECT_EQ(report, is_root() ? "inside, chroot, closed" : "inside, no chroot, open");
}

// The line of /proc/self/status that begins with `field`. The process is not dumpable then, but
// this file stays readable.
std::string status_line(const std::string& field) {
  std::ifstream lines("/proc/self/status");
  for (std::string line; std::getline(lines, line);) {
    if (line.rfind(field + ":\t", 0) == 0) return line.substr(field.size() + 2);
  }
  return "missing";
}

TEST_F(PrivilegesTest, HoldsNoCapabilityAndCannotGainOne) {
  const std::string report = report_of_child([&]() -> std::string {
    if (const auto dropped = drop_privileges("nobody", "/"); !dropped) return outcome(dropped);
    std::string all;
    for (const char* set : {"CapInh", "CapPrm", "CapEff", "CapAmb", "NoNewPrivs"})
      all += status_line(set) + " ";
    return all;
  });
  const std::string none = "0000000000000000 ";
  EXPECT_EQ(report, none + none + none + none + "1 ");
}

TEST_F(PrivilegesTest, LeavesNoCoreDump) {
  EXPECT_EQ(after_drop([] { return std::to_string(::prctl(PR_GET_DUMPABLE)); }), "0");
}

TEST_F(PrivilegesTest, ReportsUserAndDirectoryAsSeenFromOutside) {
  const std::string report = report_of_child([&] {
    const auto standing = drop_privileges("nobody", directory_ / ".." / directory_.filename());
    if (!standing) return outcome(standing);
    return standing->user + " " + std::to_string(standing->uid) + " " + standing->directory +
           (standing->in_chroot ? " chroot" : "");
  });
  const std::string directory = std::filesystem::canonical(directory_);
  EXPECT_EQ(report, is_root() ? "nobody " + std::to_string(::getpwnam("nobody")->pw_uid) + " " +
                                    directory + " chroot"
                              : " " + std::to_string(::geteuid()) + " " + directory);
}

TEST_F(PrivilegesTest, BlamesTheConfigurationForTheUserAndTheSystemForTheDirectory) {
  const auto cause = [&](const std::string& user, const std::string& directory) {
    return report_of_child([&] {
      const auto dropped = drop_privileges(user, directory);
      if (dropped) return std::string("done");
      return std::string(dropped.error().is_configuration() ? "configuration" : "system");
    });
  };
  EXPECT_EQ(cause("no-such-user", directory_), is_root() ? "configuration" : "done");
  EXPECT_EQ(cause("root", directory_), is_root() ? "configuration" : "done");
  EXPECT_EQ(cause("nobody", directory_ / "missing"), "system");
}

TEST_F(PrivilegesTest, RefusesAnUnknownUser) {
  const std::string refusal =
      "cannot become user 'no-such-user': there is no such user; name another with -u or "
      "tracker.user, or write a number such as 65534, which needs no entry in /etc/passwd";
  EXPECT_EQ(drop("no-such-user", directory_), is_root() ? refusal : "done");
}

TEST_F(PrivilegesTest, BecomesAUserByNumberWithoutAnEntry) {
  const auto after = [&](const std::string& user) {
    return report_of_child([&] {
      const auto dropped = drop_privileges(user, directory_.string());
      return dropped ? ids() : outcome(dropped);
    });
  };
  if (!is_root()) GTEST_SKIP() << "needs root";
  EXPECT_EQ(after("54321"), "uid 54321 54321 54321 gid 54321 54321 54321 groups 0");
  EXPECT_EQ(after("54321:1001"), "uid 54321 54321 54321 gid 1001 1001 1001 groups 0");
}

TEST(ResolveUser, TakesNamesAndNumbers) {
  const auto ids_of = [](const std::string& user) {
    const auto found = resolve_user(user);
    if (!found) return found.error().message();
    return std::to_string(found->uid) + ":" + std::to_string(found->gid);
  };
  EXPECT_EQ(ids_of("65534"), "65534:65534");
  EXPECT_EQ(ids_of("1000:100"), "1000:100");
  EXPECT_EQ(ids_of("4294967294"), "4294967294:4294967294");
  for (const char* refused : {"0", "0:1", "1:0", "-1", "4294967295", "1:4294967295", "99999999999",
                              "18446744073709551617", "1:", ":1", "+1", "nobody:1", "no-such-user"})
    EXPECT_EQ(ids_of(refused).rfind("cannot become user '" + std::string(refused) + "'", 0), 0U)
        << ids_of(refused);
}

TEST_F(PrivilegesTest, NamesThePlaceOfTheValueAtFault) {
  const auto blamed = [&](const std::string& user, const std::string& directory) {
    return report_of_child([&] {
      return outcome(drop_privileges(user, directory, {"a.conf:3: tracker.user", "-d"}));
    });
  };
  EXPECT_EQ(blamed("nobody", "/gone/away"), "-d: chdir /gone/away: No such file or directory");
  const std::string refusal = "a.conf:3: tracker.user: cannot become user 'root': that is root";
  EXPECT_EQ(blamed("root", directory_).substr(0, refusal.size()), is_root() ? refusal : "done");
}

TEST_F(PrivilegesTest, RefusesRootAsUser) {
  const std::string refusal =
      "cannot become user 'root': that is root; name another with -u or tracker.user";
  EXPECT_EQ(drop("root", directory_), is_root() ? refusal : "done");
}

TEST_F(PrivilegesTest, RefusesAMissingDirectory) {
  const std::string missing = directory_ / "missing";
  EXPECT_EQ(drop("nobody", missing), "chdir " + missing + ": No such file or directory");
}

TEST_F(PrivilegesTest, RefusesAFileAsDirectory) {
  const std::string file = directory_ / "inside";
  EXPECT_EQ(drop("nobody", file), "chdir " + file + ": Not a directory");
}

TEST_F(PrivilegesTest, IsStillRootAfterARefusal) {
  const std::string report = report_of_child([&] {
    const auto dropped = drop_privileges("nobody", directory_ / "missing");
    return std::string(dropped ? "dropped" : "refused") + " as " + std::to_string(::geteuid());
  });
  EXPECT_EQ(report, "refused as " + std::to_string(::geteuid()));
}

TEST(Standing, IsDescribedByUserAndDirectory) {
  EXPECT_EQ(describe(Standing{"nobody", 65534, 65533, "/srv", true}),
            "running as user nobody (uid 65534, gid 65533), in a chroot at /srv");
  EXPECT_EQ(describe(Standing{"", 1000, 100, "/home", false}),
            "running as uid 1000, gid 100, in /home");
}

}  // namespace
}  // namespace ot
