#include "app/preflight.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>

namespace ot {
namespace {

TEST(Preflight, FindsNothingWrongWithADirectoryAndAUserThatExist) {
  Settings settings;
  settings.tracker.rootdir = testing::TempDir();
  settings.tracker.user = "nobody";
  EXPECT_TRUE(preflight(settings).errors.empty());
}

TEST(Preflight, JudgesNothingBelowAMissingDirectory) {
  Settings settings;
  settings.tracker.rootdir = "/no/such/directory";
  settings.tracker.user = "nobody";
  settings.tracker.load_statedump = "dump";
  const Findings findings = preflight(settings);
  ASSERT_EQ(findings.errors.size(), 1U);
  EXPECT_EQ(findings.errors[0].key, "tracker.rootdir");
  EXPECT_NE(findings.errors[0].message.find("/no/such/directory: No such file"), std::string::npos);
}

TEST(Preflight, LeavesUserAndDirectoryOfTheCallerAlone) {
  const auto before = std::filesystem::current_path();
  const uid_t uid = ::geteuid();
  Settings settings;
  settings.tracker.rootdir = testing::TempDir();
  settings.tracker.user = "nobody";
  (void)preflight(settings);
  EXPECT_EQ(std::filesystem::current_path(), before);
  EXPECT_EQ(::geteuid(), uid);
}

}  // namespace
}  // namespace ot
