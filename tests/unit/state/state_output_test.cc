#include "state/state_output.h"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include "unit/support/scratch_folder.h"

namespace ot {
namespace {

class StateOutputTest : public testing::Test {
 protected:
  [[nodiscard]] std::string text_of(const std::string& path) const {
    std::ifstream file(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
  }
  [[nodiscard]] bool exists(const std::string& path) const {
    return std::filesystem::exists(std::filesystem::symlink_status(path));
  }
  void write(std::string_view text) {
    StateOutput output(names_);
    ASSERT_TRUE(output.open());
    ASSERT_TRUE(output.write(as_bytes(text)));
    ASSERT_TRUE(output.sync());
    ASSERT_TRUE(output.commit());
    EXPECT_TRUE(output.is_in_place());
  }

  ScratchFolder folder_;
  StateNames names_{folder_.path("peers")};
};

TEST_F(StateOutputTest, PutsTheFileInPlaceOnlyAtTheCommit) {
  StateOutput output(names_);
  ASSERT_TRUE(output.open());
  ASSERT_TRUE(output.write(as_bytes("one, ")));
  ASSERT_TRUE(output.write(as_bytes("two")));
  ASSERT_TRUE(output.sync());
  EXPECT_FALSE(output.is_in_place());
  EXPECT_FALSE(exists(names_.current));
  ASSERT_TRUE(output.commit());
  EXPECT_TRUE(output.is_in_place());
  EXPECT_EQ(text_of(names_.current), "one, two");
  EXPECT_FALSE(exists(names_.fresh));
  EXPECT_FALSE(exists(names_.old));
}

TEST_F(StateOutputTest, KeepsExactlyOnePreviousGeneration) {
  for (const char* text : {"first", "second", "third"}) write(text);
  EXPECT_EQ(text_of(names_.current), "third");
  EXPECT_EQ(text_of(names_.old), "second");
}

TEST_F(StateOutputTest, NobodyElseCanReadTheFile) {
  const mode_t mask = ::umask(0);
  write("addresses");
  ::umask(mask);
  struct stat status = {};
  ASSERT_EQ(::stat(names_.current.c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 0777U, 0600U);
}

TEST_F(StateOutputTest, AnAbandonedFileIsRemovedAndACommittedOneIsKept) {
  {
    StateOutput output(names_);
    ASSERT_TRUE(output.open());
    EXPECT_TRUE(exists(names_.fresh));
  }
  EXPECT_FALSE(exists(names_.fresh));
  StateOutput output(names_);
  ASSERT_TRUE(output.open());
  ASSERT_TRUE(output.commit());
  output.abandon();
  EXPECT_TRUE(exists(names_.current));
}

TEST_F(StateOutputTest, ALinkInPlaceOfTheNewFileIsReplacedAndNotFollowed) {
  const std::string target = folder_.write("precious", "untouched");
  std::filesystem::create_symlink(target, names_.fresh);
  write("peers");
  EXPECT_EQ(text_of(target), "untouched");
  EXPECT_FALSE(std::filesystem::is_symlink(names_.current));
}

TEST_F(StateOutputTest, IfTheSecondRenameFailsTheFirstIsUndone) {
  write("good");
  StateOutput output(names_);
  ASSERT_TRUE(output.open());
  ASSERT_EQ(::unlink(names_.fresh.c_str()), 0);
  const auto committed = output.commit();
  ASSERT_FALSE(committed);
  EXPECT_EQ(committed.error().message(),
            "rename " + names_.fresh + " to " + names_.current + ": No such file or directory");
  EXPECT_FALSE(output.is_in_place());
  EXPECT_EQ(text_of(names_.current), "good");
  EXPECT_FALSE(exists(names_.old));
}

}  // namespace
}  // namespace ot
