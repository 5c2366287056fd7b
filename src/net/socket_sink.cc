#include "net/socket_sink.h"

#include <sys/socket.h>

namespace ot {

size_t SocketSink::send_now(ByteView bytes, bool last) {
  // Before a close, MSG_MORE holds the last segment back until it can carry the FIN.
  const int flags = MSG_NOSIGNAL | MSG_DONTWAIT | (last ? MSG_MORE : 0);
  const ssize_t sent = send(fd_, bytes.data(), bytes.size(), flags);
  if (sent >= 0) return static_cast<size_t>(sent);
  broken_ = !would_block(errno);
  return broken_ ? bytes.size() : 0;
}

}  // namespace ot
