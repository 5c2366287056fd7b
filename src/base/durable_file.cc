#include "base/durable_file.h"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <cassert>
#include <cerrno>

namespace ot {
namespace {

constexpr mode_t kOwnerOnly = 0600;

}  // namespace

std::string directory_of(const std::string& path) {
  const size_t slash = path.rfind('/');
  if (slash == std::string::npos) return ".";
  return slash == 0 ? "/" : path.substr(0, slash);
}

Result<UniqueFd, SystemError> open_directory_of(const std::string& path) {
  const std::string name = directory_of(path);
  UniqueFd folder(::open(name.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!folder) return last_error("open " + name);
  return folder;
}

Result<UniqueFd, SystemError> create_private(const std::string& path) {
  if (::unlink(path.c_str()) != 0 && errno != ENOENT) return last_error("unlink " + path);
  UniqueFd fd(::open(path.c_str(), O_RDWR | O_APPEND | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW,
                     kOwnerOnly));
  if (!fd) return last_error("open " + path);
  return fd;
}

// After a short write the next one reports the error, a full disk for example.
Result<void, SystemError> write_all(int fd, const std::string& path, ByteView bytes) {
  while (!bytes.empty()) {
    const ssize_t written = ::write(fd, bytes.data(), bytes.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return last_error("write " + path);
    if (written == 0) return Unexpected(SystemError{ENOSPC, "write " + path});
    bytes = bytes.subspan(static_cast<size_t>(written));
  }
  return {};
}

Result<void, SystemError> sync_descriptor(int fd, const std::string& path) {
  while (::fsync(fd) != 0) {
    if (errno != EINTR) return last_error("fsync " + path);
  }
  return {};
}

Result<void, SystemError> FileLock::take(const std::string& path) {
  assert(!is_taken());
  UniqueFd fd(
      ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK, kOwnerOnly));
  if (!fd) return last_error("open " + path);
  if (::flock(fd.get(), LOCK_EX | LOCK_NB) != 0) return last_error("lock " + path);
  fd_ = std::move(fd);
  return {};
}

bool FileLock::is_busy(const SystemError& error) { return error.code == EWOULDBLOCK; }

}  // namespace ot
