#include "base/regular_file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cassert>
#include <cerrno>

namespace ot {
namespace {

Unexpected<std::string> failed_call(const std::string& path) {
  return Unexpected(last_error(path).take().message());
}

}  // namespace

Result<RegularFile, std::string> RegularFile::open(const std::string& path,
                                                   std::string_view content) {
  // Without O_NONBLOCK, opening a FIFO would wait for a writer.
  UniqueFd fd(::open(path.c_str(), O_RDONLY | O_NONBLOCK | O_CLOEXEC | O_NOCTTY));
  struct stat status = {};
  if (!fd || ::fstat(fd.get(), &status) != 0) return failed_call(path);
  if (!S_ISREG(status.st_mode)) {
    const std::string what = S_ISDIR(status.st_mode) ? "is a directory" : "is not a regular file";
    return Unexpected(path + ": " + what + "; it must be a regular file of " +
                      std::string(content));
  }
  return RegularFile(path, std::move(fd), static_cast<uint64_t>(status.st_size));
}

Result<size_t, std::string> RegularFile::read(ByteSpan out) {
  assert(!out.empty());
  for (;;) {
    const ssize_t size = ::read(fd_.get(), out.data(), out.size());
    if (size >= 0) return static_cast<size_t>(size);
    if (errno != EINTR) return failed_call(path_);
  }
}

}  // namespace ot
