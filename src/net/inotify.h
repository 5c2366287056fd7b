// The kernel's reports of changes to files and directories: inotify(7).
//
// A thin owner of the descriptor. It blocks never; whoever waits for it watches descriptor() in a
// loop. A watch has a number, which the kernel does not use again; adding a file or directory that
// is watched already returns the number it has. Thread: the loop's.
#pragma once

#include <sys/inotify.h>

#include <cstdint>
#include <string>
#include <string_view>

#include "base/function_ref.h"
#include "base/posix.h"
#include "base/result.h"

namespace ot {

class Inotify {
 public:
  // `mask` of IN_…; `name` is of the entry of a watched directory that the event is about, or
  // empty.
  struct Event {
    int watch = -1;
    uint32_t mask = 0;
    std::string_view name;
  };

  [[nodiscard]] static Result<Inotify, SystemError> create();

  // Reports the events of `mask` for `path` from now on, instead of those asked for before.
  [[nodiscard]] Result<int, SystemError> add(const std::string& path, uint32_t mask);
  // Does nothing if the kernel has removed the watch already.
  void remove(int watch);
  // Takes everything the kernel has reported so far, at most a full queue of it.
  void drain(FunctionRef<void(const Event&)> on_event);

  [[nodiscard]] int descriptor() const { return fd_.get(); }

 private:
  explicit Inotify(UniqueFd fd) : fd_(std::move(fd)) {}

  UniqueFd fd_;
};

// What to do about a failed call of this file, if a limit was the reason: "; raise
// fs.inotify.max_user_watches with sysctl(8)". Otherwise empty.
[[nodiscard]] std::string_view advice_on_limit(const SystemError& error);

}  // namespace ot
