#include "net/late_reply.h"

#include <sys/socket.h>

#include <array>
#include <cerrno>
#include <utility>

#include "net/socket_sink.h"

namespace ot {
namespace {

// Pieces that one system call sends.
constexpr size_t kMaxVectors = 16;

}  // namespace

void LateReply::add(ReplyPiece piece) {
  if (piece->empty()) return;
  waiting_ += piece->size();
  pieces_.push_back(std::move(piece));
}

LateReply::Progress LateReply::send_to(int socket) {
  bool any = false;
  while (!pieces_.empty()) {
    std::array<iovec, kMaxVectors> vectors;
    msghdr message{};
    message.msg_iov = vectors.data();
    size_t offset = sent_;
    for (const ReplyPiece& piece : pieces_) {
      if (message.msg_iovlen == kMaxVectors) break;
      // sendmsg(2) only reads what it is given.
      auto* bytes = const_cast<uint8_t*>(piece->data());
      vectors[message.msg_iovlen++] = {bytes + offset, piece->size() - offset};
      offset = 0;
    }
    const ssize_t size = sendmsg(socket, &message, MSG_NOSIGNAL | MSG_DONTWAIT);
    if (size < 0 && !would_block(errno)) return Progress::broken;
    if (size <= 0) return any ? Progress::some : Progress::none;
    any = true;
    drop_sent(static_cast<size_t>(size));
  }
  return Progress::all;
}

void LateReply::drop_sent(size_t size) {
  waiting_ -= size;
  sent_ += size;
  while (!pieces_.empty() && sent_ >= pieces_.front()->size()) {
    sent_ -= pieces_.front()->size();
    pieces_.pop_front();
  }
}

}  // namespace ot
