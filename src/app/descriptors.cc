#include "app/descriptors.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <unistd.h>

#include "app/environment.h"

namespace ot {
namespace {

// A container's root may be empty. An empty file in memory that can never change stands in: reading
// it ends at once, and writing fails. Sealing fails on no kernel that has memfd_create.
int open_nothing() {
  if (const int fd = ::open("/dev/null", O_RDWR); fd >= 0) return fd;
  const int fd = ::memfd_create("nothing", MFD_ALLOW_SEALING);
  if (fd >= 0) ::fcntl(fd, F_ADD_SEALS, F_SEAL_WRITE | F_SEAL_GROW | F_SEAL_SHRINK | F_SEAL_SEAL);
  return fd;
}

}  // namespace

void open_standard_streams() {
  for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; ++fd) {
    // A new descriptor gets the lowest free number, which is this one. It stays open for good.
    if (::fcntl(fd, F_GETFD) < 0 && open_nothing() != fd) return;
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
