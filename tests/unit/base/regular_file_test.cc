#include "base/regular_file.h"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include <array>

#include "unit/app/child_process.h"
#include "unit/support/scratch_folder.h"

namespace ot {
namespace {

std::string refusal(const std::string& path) {
  const auto file = RegularFile::open(path, "songs");
  return file ? "none" : file.error();
}

TEST(RegularFile, IsReadInPieces) {
  const ScratchFolder folder;
  auto file = RegularFile::open(folder.write("f", "abcde"), "songs");
  ASSERT_TRUE(file);
  EXPECT_EQ(file->size(), 5U);
  std::array<uint8_t, 3> piece{};
  std::string text;
  for (auto size = file->read(piece); size && *size > 0; size = file->read(piece))
    text += as_text(ByteView(piece).first(*size));
  EXPECT_EQ(text, "abcde");
}

TEST(RegularFile, IsNotADirectoryFifoOrDevice) {
  const ScratchFolder folder;
  ASSERT_EQ(mkdir(folder.path("folder").c_str(), 0755), 0);
  ASSERT_EQ(mkfifo(folder.path("fifo").c_str(), 0600), 0);
  EXPECT_EQ(refusal(folder.path("gone")), folder.path("gone") + ": No such file or directory");
  EXPECT_EQ(refusal(folder.path("folder")),
            folder.path("folder") + ": is a directory; it must be a regular file of songs");
  EXPECT_EQ(refusal(folder.path("fifo")),
            folder.path("fifo") + ": is not a regular file; it must be a regular file of songs");
  EXPECT_EQ(refusal("/dev/null"),
            "/dev/null: is not a regular file; it must be a regular file of songs");
}

TEST(RegularFile, MustBeReadable) {
  const ScratchFolder folder;
  const std::string path = folder.write("f", "abc");
  ASSERT_EQ(chmod(path.c_str(), 0), 0);
  const std::string said = report_of_child([&]() -> std::string {
    if (getuid() == 0 && setuid(65534) != 0) return "no other user";
    return refusal(path);
  });
  EXPECT_EQ(said, path + ": Permission denied");
}

}  // namespace
}  // namespace ot
