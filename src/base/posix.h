// The thinnest layer over POSIX: owned descriptors and failed system calls as values.
#pragma once

#include <string>
#include <string_view>
#include <utility>

#include "base/result.h"

namespace ot {

// A system call that failed: errno, and what was being done to what ("bind 0.0.0.0:6969").
struct SystemError {
  int code = 0;
  std::string what;

  // "bind 0.0.0.0:6969: Address already in use"
  [[nodiscard]] std::string message() const;
};

// The error of the call that has just failed; reads errno.
[[nodiscard]] Unexpected<SystemError> last_error(std::string_view what);

// Owns one descriptor and closes it. Move-only; -1 is "none".
class UniqueFd {
 public:
  UniqueFd() = default;
  explicit UniqueFd(int fd) : fd_(fd) {}
  UniqueFd(UniqueFd&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
  UniqueFd& operator=(UniqueFd&& other) noexcept {
    if (this != &other) reset(std::exchange(other.fd_, -1));
    return *this;
  }
  UniqueFd(const UniqueFd&) = delete;
  UniqueFd& operator=(const UniqueFd&) = delete;
  ~UniqueFd() { reset(); }

  [[nodiscard]] int get() const { return fd_; }
  [[nodiscard]] explicit operator bool() const { return fd_ >= 0; }
  void reset(int fd = -1);
  // Gives the descriptor away; the caller closes it.
  [[nodiscard]] int release() { return std::exchange(fd_, -1); }

 private:
  int fd_ = -1;
};

}  // namespace ot
