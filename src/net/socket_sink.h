// An OutputSink that sends at once what the kernel takes and remembers the rest.
#pragma once

#include <cerrno>
#include <utility>
#include <vector>

#include "net/stream.h"

namespace ot {

// Whether a call failed only for now.
[[nodiscard]] constexpr bool would_block(int code) {
  return code == EAGAIN || code == EWOULDBLOCK || code == EINTR;
}

class SocketSink final : public OutputSink {
 public:
  // Borrows the descriptor.
  explicit SocketSink(int fd) : fd_(fd) {}

  void write(ByteView bytes, bool last) override {
    if (broken_) return;
    if (rest_.empty()) bytes = bytes.subspan(send_now(bytes, last));
    rest_.insert(rest_.end(), bytes.begin(), bytes.end());
  }

  // The connection is no more.
  [[nodiscard]] bool broken() const { return broken_; }
  // What comes now would only be queued.
  [[nodiscard]] bool stuck() const { return broken_ || !rest_.empty(); }
  [[nodiscard]] std::vector<uint8_t> take_rest() { return std::exchange(rest_, {}); }

 private:
  // Bytes that are gone, all of them if the connection is.
  [[nodiscard]] size_t send_now(ByteView bytes, bool last);

  const int fd_;
  bool broken_ = false;
  std::vector<uint8_t> rest_;
};

}  // namespace ot
