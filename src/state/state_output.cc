#include "state/state_output.h"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <cassert>
#include <cerrno>
#include <cstdio>

namespace ot {
namespace {

constexpr mode_t kOwnerOnly = 0600;

Result<void, SystemError> rename_file(const std::string& from, const std::string& to) {
  if (::rename(from.c_str(), to.c_str()) != 0) return last_error("rename " + from + " to " + to);
  return {};
}

Result<void, SystemError> sync_descriptor(int fd, const std::string& name) {
  while (::fsync(fd) != 0) {
    if (errno != EINTR) return last_error("fsync " + name);
  }
  return {};
}

}  // namespace

std::string StateNames::directory() const {
  const size_t slash = current.rfind('/');
  if (slash == std::string::npos) return ".";
  return slash == 0 ? "/" : current.substr(0, slash);
}

Result<UniqueFd, SystemError> StateNames::open_directory() const {
  const std::string name = directory();
  UniqueFd folder(::open(name.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!folder) return last_error("open " + name);
  return folder;
}

Result<void, SystemError> StateLock::take(const std::string& path) {
  assert(!is_taken());
  UniqueFd fd(
      ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK, kOwnerOnly));
  if (!fd) return last_error("open " + path);
  if (::flock(fd.get(), LOCK_EX | LOCK_NB) != 0) return last_error("lock " + path);
  fd_ = std::move(fd);
  return {};
}

bool StateLock::is_busy(const SystemError& error) { return error.code == EWOULDBLOCK; }

StateOutput::Done StateOutput::open() {
  assert(!fd_ && !is_in_place_);
  const char* path = names_.fresh.c_str();
  if (::unlink(path) != 0 && errno != ENOENT) return last_error("unlink " + names_.fresh);
  fd_.reset(::open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, kOwnerOnly));
  if (!fd_) return last_error("open " + names_.fresh);
  auto folder = names_.open_directory();
  if (!folder) return Unexpected(folder.error());
  folder_ = std::move(*folder);
  return {};
}

// After a short write the next one reports the error, a full disk for example.
StateOutput::Done StateOutput::write(ByteView bytes) {
  assert(fd_);
  while (!bytes.empty()) {
    const ssize_t written = ::write(fd_.get(), bytes.data(), bytes.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return last_error("write " + names_.fresh);
    if (written == 0) return Unexpected(SystemError{ENOSPC, "write " + names_.fresh});
    bytes = bytes.subspan(static_cast<size_t>(written));
  }
  return {};
}

StateOutput::Done StateOutput::sync() {
  assert(fd_);
  return sync_descriptor(fd_.get(), names_.fresh);
}

// If the second rename fails, the first is undone, so that the next start finds PATH.
StateOutput::Done StateOutput::rename_both() const {
  auto kept = rename_file(names_.current, names_.old);
  if (!kept && kept.error().code != ENOENT) return kept;
  auto renamed = rename_file(names_.fresh, names_.current);
  if (renamed || !kept || rename_file(names_.old, names_.current)) return renamed;
  return Unexpected(
      SystemError{renamed.error().code, renamed.error().what + ", nor " + names_.old + " back"});
}

StateOutput::Done StateOutput::commit() {
  assert(fd_ && folder_);
  if (auto renamed = rename_both(); !renamed) return renamed;
  is_in_place_ = true;
  fd_.reset();
  return sync_descriptor(folder_.get(), names_.directory());
}

void StateOutput::abandon() {
  if (!fd_) return;
  ::unlink(names_.fresh.c_str());
  fd_.reset();
}

}  // namespace ot
