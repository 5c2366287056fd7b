// What carries the bytes of one connection: here a plain TCP socket.
//
// This is the seam under connections. TcpServer moves bytes, waits and closes through it and makes
// no socket call of its own, so TLS or WebSocket can take its place without a change above. Nothing
// here blocks. Thread: the loop's.
#pragma once

#include <sys/epoll.h>
#include <sys/uio.h>

#include <span>
#include <utility>
#include <vector>

#include "base/posix.h"
#include "net/stream.h"

namespace ot {

class Channel final {
 public:
  // The outcome of an attempt to move bytes.
  struct Transfer {
    enum class Status : uint8_t {
      moved,    // `size` bytes, at least one
      blocked,  // nothing can be moved now
      over,     // the connection is broken, or the other end sends nothing more
    };

    Status status = Status::blocked;
    size_t size = 0;
  };

  // A connected, non-blocking socket.
  explicit Channel(UniqueFd socket) : socket_(std::move(socket)) {}

  // Fills the beginning of `room`, which is not empty.
  [[nodiscard]] Transfer receive(ByteSpan room);
  // Sends the beginning of `bytes`, which are not empty. With `before_close` the last segment is
  // held back until the close, so that it carries the FIN.
  [[nodiscard]] Transfer send(ByteView bytes, bool before_close = false);
  // The same for several pieces in one system call.
  [[nodiscard]] Transfer send(std::span<iovec> pieces);

  // The events of the descriptor to wait for after receive() or send() was blocked.
  [[nodiscard]] uint32_t events_to_receive() const { return EPOLLIN; }
  [[nodiscard]] uint32_t events_to_send() const { return EPOLLOUT; }
  [[nodiscard]] int descriptor() const { return socket_.get(); }

  // Tells the other end that nothing more will be sent; receiving goes on.
  void finish_sending();
  // Whether closing, also by the death of the process, resets the connection instead of ending it.
  void reset_on_close(bool on);
  // Whether the other end has said that it will send nothing more; there may still be unread input.
  [[nodiscard]] bool has_hung_up() const;

 private:
  UniqueFd socket_;
};

// An OutputSink that sends what the channel takes at once and keeps the rest.
class ChannelSink final : public OutputSink {
 public:
  // The channel outlives this.
  explicit ChannelSink(Channel& channel) : channel_(channel) {}

  void write(ByteView bytes, bool last) override;

  // Whether the connection is gone.
  [[nodiscard]] bool broken() const { return broken_; }
  // Whether more bytes would only be queued, or lost.
  [[nodiscard]] bool stuck() const { return broken_ || !rest_.empty(); }
  [[nodiscard]] std::vector<uint8_t> take_rest() { return std::exchange(rest_, {}); }

 private:
  Channel& channel_;
  bool broken_ = false;
  std::vector<uint8_t> rest_;
};

}  // namespace ot
