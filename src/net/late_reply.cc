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
// Bytes after which others have their turn; copying them takes the kernel a tenth of a millisecond.
constexpr size_t kBytesPerTurn = 512 << 10;

}  // namespace

void LateReply::add(ReplyPiece piece) {
  if (piece->empty()) return;
  waiting_ += piece->size();
  pieces_.push_back(std::move(piece));
}

LateReply::Progress LateReply::send_to(int socket) {
  size_t taken = 0;
  while (!pieces_.empty() && taken < kBytesPerTurn) {
    std::array<iovec, kMaxVectors> vectors;
    msghdr message{};
    message.msg_iov = vectors.data();
    size_t offset = sent_;
    size_t offered = 0;
    for (const ReplyPiece& piece : pieces_) {
      if (message.msg_iovlen == kMaxVectors || offered >= kBytesPerTurn) break;
      // sendmsg(2) only reads what it is given.
      auto* bytes = const_cast<uint8_t*>(piece->data());
      vectors[message.msg_iovlen++] = {bytes + offset, piece->size() - offset};
      offered += piece->size() - offset;
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

void LateReply::drop_sent(size_t size) {
  waiting_ -= size;
  sent_ += size;
  while (!pieces_.empty() && sent_ >= pieces_.front()->size()) {
    sent_ -= pieces_.front()->size();
    pieces_.pop_front();
  }
}

}  // namespace ot
