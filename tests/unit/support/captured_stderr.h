// Captures what is written to standard error, for tests.
#pragma once

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <string>
#include <vector>

#include "base/posix.h"

namespace ot {

// Replaces standard error by a socket, which preserves the bounds of each write(2).
class CapturedStderr {
 public:
  CapturedStderr() : saved_(::fcntl(STDERR_FILENO, F_DUPFD_CLOEXEC, 3)) {
    std::array<int, 2> ends{-1, -1};
    EXPECT_EQ(::socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends.data()), 0);
    reader_.reset(ends[0]);
    const UniqueFd writer(ends[1]);
    ::dup2(writer.get(), STDERR_FILENO);
  }
  CapturedStderr(const CapturedStderr&) = delete;
  CapturedStderr& operator=(const CapturedStderr&) = delete;
  ~CapturedStderr() { restore(); }

  // What was written so far, with an entry for each system call.
  std::vector<std::string> writes() {
    restore();
    std::vector<std::string> all;
    std::array<char, 4096> buffer{};
    ssize_t size = 0;
    while ((size = ::recv(reader_.get(), buffer.data(), buffer.size(), MSG_DONTWAIT)) > 0) {
      all.emplace_back(buffer.data(), static_cast<size_t>(size));
    }
    return all;
  }

 private:
  void restore() {
    if (!saved_) return;
    ::dup2(saved_.get(), STDERR_FILENO);
    saved_.reset();
  }

  UniqueFd saved_;
  UniqueFd reader_;
};

}  // namespace ot
