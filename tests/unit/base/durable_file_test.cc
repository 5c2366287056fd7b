#include "base/durable_file.h"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include <filesystem>

#include "unit/support/scratch_folder.h"

namespace ot {
namespace {

TEST(DirectoryOf, IsTheParentOfThePath) {
  EXPECT_EQ(directory_of("/var/lib/peers"), "/var/lib");
  EXPECT_EQ(directory_of("state/peers"), "state");
  EXPECT_EQ(directory_of("/peers"), "/");
  EXPECT_EQ(directory_of("peers"), ".");
  EXPECT_EQ(open_directory_of("missing/peers").error().message(),
            "open missing: No such file or directory");
}

TEST(CreatePrivate, ReplacesWhatIsThereByAnEmptyFileForTheOwnerAlone) {
  const ScratchFolder folder;
  const std::string path = folder.write("file", "old");
  const mode_t mask = ::umask(0);
  const auto fd = create_private(path);
  ::umask(mask);
  ASSERT_TRUE(fd);
  struct stat status = {};
  ASSERT_EQ(::fstat(fd->get(), &status), 0);
  EXPECT_EQ(status.st_mode & 0777U, 0600U);
  EXPECT_EQ(status.st_size, 0);
}

TEST(FileLock, OneHolderAtATime) {
  const ScratchFolder folder;
  const std::string path = folder.path("lock");
  auto first = std::make_unique<FileLock>();
  EXPECT_FALSE(first->is_taken());
  ASSERT_TRUE(first->take(path));
  EXPECT_TRUE(first->is_taken());
  FileLock second;
  const auto refused = second.take(path);
  ASSERT_FALSE(refused);
  EXPECT_TRUE(FileLock::is_busy(refused.error()));
  EXPECT_FALSE(second.is_taken());
  first.reset();
  EXPECT_TRUE(second.take(path));
  EXPECT_TRUE(std::filesystem::exists(path));
}

TEST(FileLock, ALockThatCannotBeOpenedIsNotBusy) {
  const ScratchFolder folder;
  FileLock lock;
  const auto missing = lock.take(folder.path("missing/lock"));
  ASSERT_FALSE(missing);
  EXPECT_FALSE(FileLock::is_busy(missing.error()));
  std::filesystem::create_symlink(folder.path("elsewhere"), folder.path("link"));
  EXPECT_FALSE(lock.take(folder.path("link")));
  EXPECT_FALSE(std::filesystem::exists(folder.path("elsewhere")));
}

}  // namespace
}  // namespace ot
