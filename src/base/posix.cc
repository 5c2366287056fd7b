#include "base/posix.h"

#include <unistd.h>

#include <cassert>
#include <cerrno>
#include <system_error>

namespace ot {

std::string SystemError::message() const {
  return what + ": " + std::generic_category().message(code);
}

Unexpected<SystemError> last_error(std::string_view what) {
  const int code = errno;
  return Unexpected(SystemError{code, std::string(what)});
}

void UniqueFd::reset(int fd) {
  assert(fd < 0 || fd != fd_);
  const int old = std::exchange(fd_, fd);
  // Not again after EINTR: Linux has released the descriptor then, and the number may be in use.
  if (old >= 0) ::close(old);
}

}  // namespace ot
