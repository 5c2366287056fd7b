// Files that survive a crash and a power loss, and that one process at a time uses: the calls that
// the state file and the journal share.
//
// Every call may wait for the disk. Any thread, one at a time for each object.
#pragma once

#include <string>

#include "base/bytes.h"
#include "base/posix.h"

namespace ot {

// "/var/lib" for "/var/lib/peers", and "." for a name alone.
[[nodiscard]] std::string directory_of(const std::string& path);
// A descriptor of that directory, for sync_descriptor().
[[nodiscard]] Result<UniqueFd, SystemError> open_directory_of(const std::string& path);

// An empty file of mode 0600, open for reading and appending. Whatever had that name is removed.
[[nodiscard]] Result<UniqueFd, SystemError> create_private(const std::string& path);
// Writes all of `bytes`; `path` is for the error. After an error part of them may be written.
[[nodiscard]] Result<void, SystemError> write_all(int fd, const std::string& path, ByteView bytes);
// fsync(2); `path` is for the error.
[[nodiscard]] Result<void, SystemError> sync_descriptor(int fd, const std::string& path);

// Only one process at a time may use a file: flock(2) on another one beside it.
//
// Two writers would rename each other's files, and a new process would delete the PATH.new that its
// predecessor is still writing. The kernel releases the lock when the process ends, however it
// ends. The lock file stays, empty: if it were removed, two processes could lock two different
// files of that name.
class FileLock {
 public:
  // Does not wait. If another process holds the lock, is_busy() is true for the error. Must not be
  // called while the lock is held.
  [[nodiscard]] Result<void, SystemError> take(const std::string& path);
  [[nodiscard]] bool is_taken() const { return static_cast<bool>(fd_); }
  [[nodiscard]] static bool is_busy(const SystemError& error);

 private:
  UniqueFd fd_;
};

}  // namespace ot
