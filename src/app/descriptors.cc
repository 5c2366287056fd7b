#include "app/descriptors.h"

#include <fcntl.h>
#include <sys/resource.h>
#include <unistd.h>

#include "app/environment.h"

namespace ot {

void open_standard_streams() {
  for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; ++fd) {
    // What open() gives is the lowest free number, which is this one. It stays open for good.
    if (::fcntl(fd, F_GETFD) < 0 && ::open("/dev/null", O_RDWR) != fd) return;
  }
}

void close_other_descriptors(size_t sockets) {
  const int first = Environment::kFirstSocket + static_cast<int>(sockets);
  if (::close_range(static_cast<unsigned>(first), ~0U, 0) == 0) return;
  // An older kernel, or a container that filters the call.
  rlimit limit{};
  if (::getrlimit(RLIMIT_NOFILE, &limit) != 0) return;
  for (int fd = first; static_cast<rlim_t>(fd) < limit.rlim_cur; ++fd) ::close(fd);
}

}  // namespace ot
