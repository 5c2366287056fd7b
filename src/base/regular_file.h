// A file that is read from its beginning to its end, as lists and dumps are.
//
// Only regular files: a FIFO in the place of one would hold the reader until somebody writes.
// Errors begin with the path. One thread at a time.
#pragma once

#include <string>
#include <string_view>

#include "base/bytes.h"
#include "base/posix.h"

namespace ot {

class RegularFile {
 public:
  // `content` is what the file should hold, for the error: "list.txt: is a directory; a regular
  // file of info_hashes is needed".
  [[nodiscard]] static Result<RegularFile, std::string> open(const std::string& path,
                                                             std::string_view content);

  // Reads what comes next, up to out.size(); 0 at the end.
  [[nodiscard]] Result<size_t, std::string> read(ByteSpan out);
  // In bytes, when it was opened.
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
