// A reply that comes in pieces, and how much of it the client has taken.
//
// Pieces are shared by those who are sent them, and counted by whoever sends them; one that nobody
// else holds when it comes is the connection's own, and counted to it. Thread: that of the loop.
#pragma once

#include <deque>
#include <optional>

#include "net/stream.h"

namespace ot {

class LateReply {
 public:
  enum class Progress : uint8_t {
    none,    // the client takes nothing now
    some,    // it took something, and more waits
    all,     // nothing waits
    broken,  // there is no connection any more
  };

  void add(ReplyPiece piece);
  // Nothing will be added.
  void end(ReplyPort::End end) { end_ = end; }

  // Its socket is set to be reset when it is closed.
  void set_resetting() { resetting_ = true; }

  // Sends to the socket what it takes, up to about `limit` bytes: `some` may be because of that.
  [[nodiscard]] Progress send_to(int socket, size_t limit);

  // Bytes that wait to be sent.
  [[nodiscard]] size_t waiting() const { return waiting_; }
  // Bytes in memory that nobody else holds: of its own pieces, until all of a piece is sent.
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
