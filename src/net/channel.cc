#include "net/channel.h"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

#include <cassert>
#include <cerrno>

namespace ot {
namespace {

using Status = Channel::Transfer::Status;

// From what recv(2) or send(2) returned.
Channel::Transfer transfer_of(ssize_t size) {
  if (size > 0) return {Status::moved, static_cast<size_t>(size)};
  const bool is_blocked = size < 0 && (errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR);
  return {is_blocked ? Status::blocked : Status::over, 0};
}

}  // namespace

Channel::Transfer Channel::receive(ByteSpan room) {
  assert(!room.empty());
  return transfer_of(recv(socket_.get(), room.data(), room.size(), MSG_DONTWAIT));
}

Channel::Transfer Channel::send(ByteView bytes, bool before_close) {
  assert(!bytes.empty());
  const int flags = MSG_NOSIGNAL | MSG_DONTWAIT | (before_close ? MSG_MORE : 0);
  return transfer_of(::send(socket_.get(), bytes.data(), bytes.size(), flags));
}

Channel::Transfer Channel::send(std::span<iovec> pieces) {
  assert(!pieces.empty());
  msghdr message{};
  message.msg_iov = pieces.data();
  message.msg_iovlen = pieces.size();
  return transfer_of(sendmsg(socket_.get(), &message, MSG_NOSIGNAL | MSG_DONTWAIT));
}

void Channel::finish_sending() { shutdown(socket_.get(), SHUT_WR); }

void Channel::reset_on_close(bool on) {
  const linger at_once{on ? 1 : 0, 0};
  setsockopt(socket_.get(), SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
}

bool Channel::has_hung_up() const {
  tcp_info info{};
  socklen_t size = sizeof info;
  return getsockopt(socket_.get(), IPPROTO_TCP, TCP_INFO, &info, &size) == 0 &&
         info.tcpi_state == TCP_CLOSE_WAIT;
}

void ChannelSink::write(ByteView bytes, bool last) {
  if (broken_ || bytes.empty()) return;
  if (rest_.empty()) {
    const Channel::Transfer sent = channel_.send(bytes, last);
    broken_ = sent.status == Status::over;
    if (broken_) return;
    bytes = bytes.subspan(sent.size);
  }
  rest_.insert(rest_.end(), bytes.begin(), bytes.end());
}

}  // namespace ot
