#include "net/reply_queue.h"

#include <array>
#include <cassert>
#include <utility>

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

ReplyQueue::Progress ReplyQueue::send_to(Channel& channel, size_t limit) {
  using Status = Channel::Transfer::Status;
  size_t taken = 0;
  while (!pieces_.empty() && taken < limit) {
    std::array<iovec, kMaxVectors> vectors;
    size_t count = 0;
    size_t offset = sent_;
    size_t offered = 0;
    for (const Piece& piece : pieces_) {
      if (count == kMaxVectors || offered >= limit) break;
      // An iovec is not const, but sending does not write to it.
      auto* bytes = const_cast<uint8_t*>(piece.bytes->data());
      vectors[count++] = {bytes + offset, piece.bytes->size() - offset};
      offered += piece.bytes->size() - offset;
      offset = 0;
    }
    const Channel::Transfer sent = channel.send(std::span(vectors).first(count));
    if (sent.status == Status::over) return Progress::broken;
    if (sent.status == Status::blocked) return taken > 0 ? Progress::some : Progress::none;
    taken += sent.size;
    drop_sent(sent.size);
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
