// A regular file that is read from start to end, as lists and dumps are.
//
// Anything else is refused, because reading a FIFO would block until somebody writes to it. Error
// messages begin with the path. One thread at a time.
#pragma once

#include <string>
#include <string_view>

#include "base/bytes.h"
#include "base/posix.h"

namespace ot {

class RegularFile {
 public:
  // `content` completes the error message: "list.txt: is a directory; it must be a regular file of
  // info_hashes".
  [[nodiscard]] static Result<RegularFile, std::string> open(const std::string& path,
                                                             std::string_view content);

  // Reads the next bytes into `out`, which is not empty, and returns how many; 0 at the end.
  [[nodiscard]] Result<size_t, std::string> read(ByteSpan out);
  // In bytes, at the time it was opened.
  [[nodiscard]] uint64_t size() const { return size_; }
  [[nodiscard]] int descriptor() const { return fd_.get(); }

 private:
  RegularFile(std::string path, UniqueFd fd, uint64_t size)
      : path_(std::move(path)), fd_(std::move(fd)), size_(size) {}

  std::string path_;
  UniqueFd fd_;
  uint64_t size_;
};

}  // namespace ot
