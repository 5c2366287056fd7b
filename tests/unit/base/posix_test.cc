#include "base/posix.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <cerrno>
#include <utility>

namespace ot {
namespace {

int open_descriptor() { return ::open("/dev/null", O_RDONLY | O_CLOEXEC); }
bool is_open(int fd) { return ::fcntl(fd, F_GETFD) != -1; }

TEST(UniqueFd, ClosesWhatItOwnsAtTheEndOfItsScope) {
  int raw = -1;
  {
    const UniqueFd fd(open_descriptor());
    ASSERT_TRUE(fd);
    raw = fd.get();
    EXPECT_TRUE(is_open(raw));
  }
  EXPECT_FALSE(is_open(raw));
}

TEST(UniqueFd, OwnsNothingAtFirst) {
  const UniqueFd none;
  EXPECT_FALSE(none);
  EXPECT_EQ(none.get(), -1);
}

TEST(UniqueFd, OwnsDescriptorZero) {
  UniqueFd zero(0);
  EXPECT_TRUE(zero);
  EXPECT_EQ(zero.release(), 0);
}

TEST(UniqueFd, OwnsNothingAfterBeingMovedFrom) {
  UniqueFd first(open_descriptor());
  const int raw = first.get();
  UniqueFd second(std::move(first));
  EXPECT_FALSE(first);  // NOLINT(bugprone-use-after-move,clang-analyzer-cplusplus.Move)
  EXPECT_EQ(second.get(), raw);
  EXPECT_TRUE(is_open(raw));
}

TEST(UniqueFd, ClosesItsOldDescriptorWhenAssignedTo) {
  UniqueFd target(open_descriptor());
  UniqueFd source(open_descriptor());
  const int old = target.get();
  const int kept = source.get();
  target = std::move(source);
  EXPECT_FALSE(is_open(old));
  EXPECT_TRUE(is_open(kept));
  EXPECT_EQ(target.get(), kept);
}

TEST(UniqueFd, SurvivesBeingMovedToItself) {
  UniqueFd fd(open_descriptor());
  const int raw = fd.get();
  UniqueFd& same = fd;
  fd = std::move(same);
  EXPECT_EQ(fd.get(), raw);
  EXPECT_TRUE(is_open(raw));
}

TEST(UniqueFd, LeavesAReleasedDescriptorOpen) {
  UniqueFd fd(open_descriptor());
  const int raw = fd.release();
  EXPECT_FALSE(fd);
  EXPECT_TRUE(is_open(raw));
  fd.reset(raw);
  fd.reset();
  EXPECT_FALSE(is_open(raw));
}

TEST(SystemError, SaysWhatFailedAndWhy) {
  const SystemError error{EADDRINUSE, "bind 0.0.0.0:6969"};
  EXPECT_EQ(error.message(), "bind 0.0.0.0:6969: Address already in use");
}

TEST(LastError, KeepsTheErrnoOfTheCall) {
  EXPECT_EQ(::open("/nonexistent", O_RDONLY | O_CLOEXEC), -1);
  const Result<int, SystemError> result = last_error("open /nonexistent");
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().code, ENOENT);
  EXPECT_EQ(result.error().what, "open /nonexistent");
}

}  // namespace
}  // namespace ot
