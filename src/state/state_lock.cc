#include "state/state_lock.h"

#include <fcntl.h>
#include <sys/file.h>

#include <cerrno>

namespace ot {
namespace {

constexpr mode_t kOwnerOnly = 0600;

}  // namespace

Result<void, SystemError> StateLock::take(const std::string& path) {
  UniqueFd fd(
      ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK, kOwnerOnly));
  if (!fd) return last_error("open " + path);
  if (::flock(fd.get(), LOCK_EX | LOCK_NB) != 0) return last_error("lock " + path);
  fd_ = std::move(fd);
  return {};
}

bool StateLock::is_busy(const SystemError& error) { return error.code == EWOULDBLOCK; }

}  // namespace ot
