#include "base/unix_datagram.h"

#include <sys/time.h>

#include <cerrno>
#include <cstddef>
#include <cstring>
#include <string>

namespace ot {
namespace {

bool connect_to(int fd, const sockaddr_un& address, socklen_t size) {
  return ::connect(fd, reinterpret_cast<const sockaddr*>(&address), size) == 0;
}

bool is_gone(int code) { return code == ECONNREFUSED || code == ECONNRESET || code == ENOTCONN; }

}  // namespace

Result<UnixDatagram, SystemError> UnixDatagram::connect(std::string_view address) {
  const std::string doing = "connect " + std::string(address);
  sockaddr_un name{};
  name.sun_family = AF_UNIX;
  if (address.empty() || address.size() >= sizeof name.sun_path)
    return Unexpected(SystemError{ENAMETOOLONG, doing});
  std::memcpy(name.sun_path, address.data(), address.size());
  auto size = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + address.size());
  if (address.front() == '@') {
    name.sun_path[0] = '\0';
  } else {
    ++size;  // the size of a path includes its NUL; an abstract name has none
  }
  UniqueFd fd(::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0));
  if (!fd) return last_error("socket for " + std::string(address));
  const timeval one_second{1, 0};
  if (::setsockopt(fd.get(), SOL_SOCKET, SO_SNDTIMEO, &one_second, sizeof one_second) != 0)
    return last_error("SO_SNDTIMEO");
  if (!connect_to(fd.get(), name, size)) return last_error(doing);
  return UnixDatagram(std::move(fd), name, size);
}

bool UnixDatagram::send(std::string_view text, Wait wait) const {
  const int flags = MSG_NOSIGNAL | (wait == Wait::no ? MSG_DONTWAIT : 0);
  const auto try_once = [&] {
    return ::send(socket_.get(), text.data(), text.size(), flags) ==
           static_cast<ssize_t>(text.size());
  };
  if (try_once()) return true;
  // The same socket is connected again, so that other threads never see a closed descriptor.
  return is_gone(errno) && connect_to(socket_.get(), address_, size_) && try_once();
}

}  // namespace ot
