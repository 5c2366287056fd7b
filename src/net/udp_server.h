// Serves one UDP socket in batches: recvmmsg, the handler, one sendmmsg.
//
// Each wake-up serves one batch: more would save one epoll_wait in 32 datagrams, but make HTTP and
// timers wait several times as long. Nothing is allocated after construction. A reply goes to the
// source of its datagram and, on a wildcard socket, leaves from the address that was asked. A reply
// that cannot be sent is counted and skipped. When the send buffer is full, the rest of the batch
// is dropped and counted: UDP clients ask again, and a queued reply would come too late. Thread:
// the loop's.
#pragma once

#include <sys/socket.h>

#include <cstdint>
#include <memory>
#include <span>

#include "base/bytes.h"
#include "base/ip_address.h"
#include "base/posix.h"
#include "base/result.h"
#include "net/event_loop.h"

namespace ot {

struct Datagram {
  Endpoint source;
  // At most UdpServer::kMaxDatagram bytes; a longer datagram is cut.
  ByteView payload;
};

struct UdpReply {
  // Room for the reply, UdpServer::kMaxDatagram bytes.
  ByteSpan buffer;
  // How much of it to send; 0 sends nothing.
  size_t size = 0;
};

class DatagramHandler {
 public:
  // Answers in[i] in out[i]. The spans are equally long, 1 to UdpServer::kBatch; every size is 0 at
  // first; no view outlives the call.
  virtual void on_batch(std::span<const Datagram> in, std::span<UdpReply> out) = 0;

 protected:
  ~DatagramHandler() = default;
};

struct UdpCounters {
  uint64_t received = 0;
  uint64_t sent = 0;
  // Replies the kernel refused or had no room for.
  uint64_t send_errors = 0;
  // Datagrams the kernel dropped because the receive buffer was full or the datagram broken; for a
  // passed-in socket also those before our start.
  uint64_t kernel_drops = 0;

  UdpCounters& operator+=(const UdpCounters& other) {
    received += other.received;
    sent += other.sent;
    send_errors += other.send_errors;
    kernel_drops += other.kernel_drops;
    return *this;
  }
};

class UdpServer final : public EventHandler {
 public:
  static constexpr size_t kBatch = 32;
  static constexpr size_t kMaxDatagram = 2048;

  // Takes a socket of bind_udp() or inherit_socket().
  [[nodiscard]] static Result<std::unique_ptr<UdpServer>, SystemError> create(
      EventLoop& loop, UniqueFd socket, DatagramHandler& handler);
  UdpServer(const UdpServer&) = delete;
  UdpServer& operator=(const UdpServer&) = delete;
  ~UdpServer();

  // Costs a system call, which asks the kernel for its drops.
  [[nodiscard]] UdpCounters counters() const;
  // One of the counters, without a system call.
  [[nodiscard]] uint64_t sent() const { return counters_.sent; }
  [[nodiscard]] const Endpoint& local() const { return local_; }

  void on_events(uint32_t events) override;

 private:
  struct Buffers;

  UdpServer(EventLoop& loop, UniqueFd socket, const Endpoint& local, DatagramHandler& handler);

  [[nodiscard]] size_t receive();
  void answer(size_t count);
  void queue_reply(size_t from, size_t to);
  void send_all(size_t count);
  [[nodiscard]] bool send_in_fragments(mmsghdr& reply);

  EventLoop& loop_;
  const UniqueFd socket_;
  const Endpoint local_;
  DatagramHandler& handler_;
  const std::unique_ptr<Buffers> buffers_;
  UdpCounters counters_;
  Watch watch_;
};

}  // namespace ot
