#include "net/inotify.h"

#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>

namespace ot {
namespace {

constexpr size_t kChunk = 16384;
// More than a full queue (fs.inotify.max_queued_events) of events with names of usual length.
constexpr int kMaxReads = 64;

}  // namespace

Result<Inotify, SystemError> Inotify::create() {
  UniqueFd fd(::inotify_init1(IN_NONBLOCK | IN_CLOEXEC));
  if (!fd) return last_error("inotify_init1");
  return Inotify(std::move(fd));
}

Result<int, SystemError> Inotify::add(const std::string& path, uint32_t mask) {
  const int watch = ::inotify_add_watch(fd_.get(), path.c_str(), mask);
  if (watch < 0) return last_error("inotify_add_watch " + path);
  return watch;
}

void Inotify::remove(int watch) { ::inotify_rm_watch(fd_.get(), watch); }

void Inotify::drain(FunctionRef<void(const Event&)> on_event) {
  std::array<char, kChunk> buffer{};
  for (int reads = 0; reads < kMaxReads; ++reads) {
    const ssize_t size = ::read(fd_.get(), buffer.data(), buffer.size());
    if (size < 0 && errno == EINTR) continue;
    if (size <= 0) return;
    std::string_view rest(buffer.data(), static_cast<size_t>(size));
    inotify_event event{};
    while (rest.size() >= sizeof event) {
      std::memcpy(&event, rest.data(), sizeof event);
      rest.remove_prefix(sizeof event);
      const std::string_view padded = rest.substr(0, event.len);
      on_event({event.wd, event.mask, padded.substr(0, padded.find('\0'))});
      rest.remove_prefix(padded.size());
    }
  }
}

std::string_view advice_on_limit(const SystemError& error) {
  if (error.code == ENOSPC) return "; raise fs.inotify.max_user_watches with sysctl(8)";
  if (error.code == EMFILE)
    return "; raise fs.inotify.max_user_instances with sysctl(8), or the limit of open files";
  return {};
}

}  // namespace ot
