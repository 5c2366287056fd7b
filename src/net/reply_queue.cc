#include "net/reply_queue.h"

#include <sys/socket.h>

#include <array>
#include <cassert>
#include <cerrno>
#include <utility>

#include "net/socket_sink.h"

namespace ot {
namespace {

// The most pieces one system call sends.
constexpr size_t kMaxVectors = 16;

}  // namespace

void ReplyQueue::add(ReplyPiece piece) {
  assert(!end_);
  if (piece->empty()) return;
  waiting_ += piece->size();
  const bool own = piece.use_count() == 1;
  if (own) own_ += piece->size();
  pieces_.push_back({std::move(piece), own});
}

ReplyQueue::Progress ReplyQueue::send_to(int socket, size_t limit) {
  size_t taken = 0;
  while (!pieces_.empty() && taken < limit) {
    std::array<iovec, kMaxVectors> vectors;
    msghdr message{};
    message.msg_iov = vectors.data();
    size_t offset = sent_;
    size_t offered = 0;
    for (const Piece& piece : pieces_) {
      if (message.msg_iovlen == kMaxVectors || offered >= limit) break;
      // sendmsg(2) does not write to it.
      auto* bytes = const_cast<uint8_t*>(piece.bytes->data());
      vectors[message.msg_iovlen++] = {bytes + offset, piece.bytes->size() - offset};
      offered += piece.bytes->size() - offset;
      offset = 0;
    }
    const ssize_t size = sendmsg(socket, &message, MSG_NOSIGNAL | MSG_DONTWAIT);
    if (size < 0 && !would_block(errno)) return Progress::broken;
    if (size <= 0) return taken > 0 ? Progress::some : Progress::none;
    taken += static_cast<size_t>(size);
    drop_sent(static_cast<size_t>(size));
  }
  return pieces_.empty() ? Progress::all : Progress::some;
}

void ReplyQueue::drop_sent(size_t size) {
  waiting_ -= size;
  sent_ += size;
  while (!pieces_.empty() && sent_ >= pieces_.front().bytes->size()) {
    const size_t whole = pieces_.front().bytes->size();
    sent_ -= whole;
    if (pieces_.front().own) own_ -= whole;
    pieces_.pop_front();
  }
}

}  // namespace ot
