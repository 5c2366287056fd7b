// One UDP socket that sends from thousands of source addresses, in batches.
//
// The socket is bound to the wildcard address. IP_PKTINFO sets the source of each datagram, which
// the kernel allows for every address of 127.0.0.0/8. A single socket makes batches possible, so
// that the generator costs less than any server. Single-threaded.
#pragma once

#include <array>
#include <memory>

#include "base/bytes.h"
#include "base/clock.h"
#include "base/ip_address.h"
#include "base/posix.h"
#include "base/result.h"

namespace ot::bench {

class UdpPort {
 public:
  static constexpr size_t kBatch = 64;
  static constexpr size_t kMaxRequest = 512;
  static constexpr size_t kMaxReply = 2048;

  // All datagrams go to `target`; those from elsewhere are dropped.
  [[nodiscard]] static Result<std::unique_ptr<UdpPort>, SystemError> open(const Endpoint& target);
  UdpPort(const UdpPort&) = delete;
  UdpPort& operator=(const UdpPort&) = delete;
  ~UdpPort();

  // Sends `request` from 127.x.y.z (host order; ignored over IPv6) with the next flush, or at once
  // if the batch is full.
  void queue(uint32_t source, ByteView request);
  void flush();

  // Calls `sink(ByteView)` for each datagram that has arrived, without waiting, and returns how
  // many there were.
  template <typename Sink>
  size_t receive(Sink sink) {
    const size_t count = receive_batch();
    for (size_t i = 0; i < count; ++i) {
      if (is_from_target(i)) sink(reply(i));
    }
    return count;
  }

  // Sleeps until there is something to read, or for this long.
  void wait(Duration longest) const;

  [[nodiscard]] uint64_t foreign() const { return foreign_; }
  [[nodiscard]] uint64_t send_failures() const { return send_failures_; }

 private:
  struct Buffers;

  UdpPort(UniqueFd socket, const Endpoint& target);

  [[nodiscard]] size_t receive_batch();
  [[nodiscard]] bool is_from_target(size_t i);
  [[nodiscard]] ByteView reply(size_t i) const;

  const UniqueFd socket_;
  const Endpoint target_;
  const std::unique_ptr<Buffers> buffers_;
  size_t queued_ = 0;
  uint64_t foreign_ = 0;
  uint64_t send_failures_ = 0;
};

}  // namespace ot::bench
