#include "app/descriptors.h"

#include <fcntl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include "app/environment.h"

namespace ot {

void open_standard_streams() {
  for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; ++fd) {
    if (::fcntl(fd, F_GETFD) >= 0) continue;
    // Both take the lowest free number, which is this one. It stays open for good. Writing to a
    // socket without a peer fails, and nothing else.
    if (::open("/dev/null", O_RDWR) != fd && ::socket(AF_UNIX, SOCK_DGRAM, 0) != fd) return;
  }
}

void close_other_descriptors(size_t sockets) {
  const int first = Environment::kFirstSocket + static_cast<int>(sockets);
  if (::close_range(static_cast<unsigned>(first), ~0U, 0) == 0) return;
  // The kernel is older than 5.9, or a container filters the call.
  rlimit limit{};
  if (::getrlimit(RLIMIT_NOFILE, &limit) != 0) return;
  for (int fd = first; static_cast<rlim_t>(fd) < limit.rlim_cur; ++fd) ::close(fd);
}

}  // namespace ot
