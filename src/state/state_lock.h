// One process at a time for a state file: an flock(2) on a file beside it.
//
// Two that write would rename each other's files, and a predecessor that is writing its last state
// would find its PATH.new removed. The lock ends with the process, however it ends; its file stays,
// empty, since to remove it would let in two at once. Thread: any, one at a time.
#pragma once

#include <string>

#include "base/posix.h"

namespace ot {

class StateLock {
 public:
  // Returns at once. is_busy() of the error: another process has it.
  [[nodiscard]] Result<void, SystemError> take(const std::string& path);
  [[nodiscard]] bool is_taken() const { return static_cast<bool>(fd_); }
  [[nodiscard]] static bool is_busy(const SystemError& error);

 private:
  UniqueFd fd_;
};

}  // namespace ot
