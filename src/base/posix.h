// The thinnest layer over POSIX: owned descriptors and failed system calls as values.
#pragma once

#include <string>
#include <string_view>
#include <utility>

#include "base/result.h"

namespace ot {

// A failed system call: errno, and what was tried ("bind 0.0.0.0:6969").
struct SystemError {
  int code = 0;
  std::string what;

  // "bind 0.0.0.0:6969: Address already in use"
  [[nodiscard]] std::string message() const;
};

// The error of the call that failed just now; reads errno.
[[nodiscard]] Unexpected<SystemError> last_error(std::string_view what);

// Owns a descriptor and closes it. Move-only; -1 means it owns none.
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
  // Closes the descriptor and takes `fd` instead, which must not be the one it has.
  void reset(int fd = -1);
  // Hands the descriptor over; the caller must close it.
  [[nodiscard]] int release() { return std::exchange(fd_, -1); }

 private:
  int fd_ = -1;
};

}  // namespace ot
