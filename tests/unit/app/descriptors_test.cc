#include "app/descriptors.h"

#include <fcntl.h>
#include <gtest/gtest.h>

#include "unit/app/child_process.h"

namespace ot {
namespace {

bool is_open(int fd) { return ::fcntl(fd, F_GETFD) >= 0; }

// The pipe of report_of_child would be closed, too, so the child answers by its exit code.
int exit_code_of_child(const std::function<bool()>& check) {
  const pid_t child = ::fork();
  if (child == 0) ::_exit(check() ? 0 : 1);
  int status = -1;
  ::waitpid(child, &status, 0);
  return status;
}

TEST(Descriptors, OpensClosedStandardStreams) {
  EXPECT_EQ(report_of_child([]() -> std::string {
              ::close(STDIN_FILENO);
              ::close(STDERR_FILENO);
              open_standard_streams();
              const int next = ::open("/dev/null", O_RDONLY);
              return is_open(0) && is_open(1) && is_open(2) && next > 2 ? "open" : "closed";
            }),
            "open");
}

TEST(Descriptors, OpensClosedStandardStreamsInAnEmptyRoot) {
  if (::geteuid() != 0) GTEST_SKIP() << "needs root for a chroot";
  char root[] = "/tmp/empty-root-XXXXXX";
  ASSERT_NE(::mkdtemp(root), nullptr);
  EXPECT_EQ(report_of_child([&root]() -> std::string {
              if (::chroot(root) != 0) return "no chroot";
              for (const int fd : {0, 1, 2}) ::close(fd);
              open_standard_streams();
              if (!is_open(0) || !is_open(1) || !is_open(2)) return "closed";
              char byte = 0;
              if (::read(STDIN_FILENO, &byte, 1) != 0) return "standard input does not end";
              return ::write(STDERR_FILENO, "x", 1) < 0 ? "open" : "written to memory";
            }),
            "open");
  ::rmdir(root);
}

TEST(Descriptors, LeavesOpenStreamsAlone) {
  EXPECT_EQ(report_of_child([]() -> std::string {
              int ends[2];
              if (::pipe(ends) != 0 || ::dup2(ends[1], STDERR_FILENO) < 0) return "no pipe";
              open_standard_streams();
              char byte = 0;
              if (::write(STDERR_FILENO, "x", 1) != 1 || ::read(ends[0], &byte, 1) != 1)
                return "lost";
              return {byte};
            }),
            "x");
}

TEST(Descriptors, ClosesAllExceptStandardStreamsAndPassedInSockets) {
  EXPECT_EQ(exit_code_of_child([] {
              for (const int fd : {3, 4, 5, 6, 100}) ::dup2(STDIN_FILENO, fd);
              close_other_descriptors(2);
              return is_open(0) && is_open(2) && is_open(3) && is_open(4) && !is_open(5) &&
                     !is_open(6) && !is_open(100);
            }),
            0);
}

}  // namespace
}  // namespace ot
