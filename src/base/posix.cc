#include "base/posix.h"

#include <unistd.h>

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
  const int old = std::exchange(fd_, fd);
  if (old >= 0)
    ::close(
        old);  // Linux releases the descriptor even on EINTR; a second close could hit another one.
}

}  // namespace ot
