#include "app/configured_files.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "config/keys.h"

namespace ot {
namespace {

// A new key with a path needs a row, or -t would not look at its file.
TEST(ConfiguredFiles, KnowEachKeyWithAFile) {
  std::vector<std::string_view> named;
  for (const Key& key : all_keys())
    if (key.value == "FILE" || key.value == "FIFO") named.push_back(key.name);
  std::vector<std::string_view> known = keys_of_files();
  std::sort(named.begin(), named.end());
  std::sort(known.begin(), known.end());
  EXPECT_EQ(known, named);
}

TEST(ConfiguredFiles, SayWhoLooksAndWhere) {
  Settings settings;
  settings.tracker.load_statedump = "/no/such/dump";
  const ConfiguredFiles files(settings);
  const Standing standing{"nobody", 65534, 65534, "/srv/ot", true};
  const Findings findings = files.judge(settings, standing, Depth::access);
  ASSERT_EQ(findings.errors.size(), 1U);
  EXPECT_EQ(findings.errors[0].key, "tracker.load_statedump");
  EXPECT_EQ(findings.errors[0].message,
            "/no/such/dump: No such file or directory (as user nobody, inside the chroot /srv/ot)");
  EXPECT_TRUE(findings.warnings.empty());
}

TEST(ConfiguredFiles, WarnOfAChrootThatShutsNothingOut) {
  const Settings settings;
  const ConfiguredFiles files(settings);
  EXPECT_EQ(files.judge(settings, {"nobody", 1, 1, "/", true}, Depth::access).warnings.size(), 1U);
  EXPECT_TRUE(
      files.judge(settings, {"nobody", 1, 1, "/srv", true}, Depth::access).warnings.empty());
  EXPECT_TRUE(files.judge(settings, {"", 1, 1, "/", false}, Depth::access).warnings.empty());
}

}  // namespace
}  // namespace ot
