// The pieces of a late reply that its client has yet to take.
//
// A piece may be shared by many connections; then its sender accounts for its memory. A piece that
// nobody else holds when it is added belongs to this connection and counts as its own. Thread: that
// of the loop.
#pragma once

#include <deque>
#include <optional>

#include "net/channel.h"
#include "net/stream.h"

namespace ot {

class ReplyQueue {
 public:
  enum class Progress : uint8_t {
    none,    // the client takes nothing now
    some,    // it took something, and more waits
    all,     // nothing waits
    broken,  // the connection is gone
  };

  void add(ReplyPiece piece);
  // The reply is complete: nothing may be added afterwards.
  void end(ReplyPort::End end) { end_ = end; }

  // Notes that closing the channel resets the connection.
  void set_resetting() { resetting_ = true; }

  // Sends what the channel takes, but not much more than `limit` bytes; stopping at the limit is
  // `some`, too.
  [[nodiscard]] Progress send_to(Channel& channel, size_t limit);

  // Bytes yet to be sent.
  [[nodiscard]] size_t waiting() const { return waiting_; }
  // Bytes of memory that only this connection holds. A piece counts until all of it is sent.
  [[nodiscard]] size_t own() const { return own_; }
  [[nodiscard]] bool resetting() const { return resetting_; }
  [[nodiscard]] const std::optional<ReplyPort::End>& ended() const { return end_; }

 private:
  struct Piece {
    ReplyPiece bytes;
    bool own;
  };

  void drop_sent(size_t size);

  std::deque<Piece> pieces_;
  size_t sent_ = 0;  // bytes of the first piece
  size_t waiting_ = 0;
  size_t own_ = 0;
  bool resetting_ = false;
  std::optional<ReplyPort::End> end_;
};

}  // namespace ot
