// A UDP tracker client for load tools: a connected socket, its connection id, announce datagrams.
//
// Any failure ends the program with a message, since only tests use it. Source: BEP 15.
#pragma once

#include <arpa/inet.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <span>

inline constexpr size_t kAnnounceSize = 98;
inline constexpr size_t kAnnounceReplyHeader = 20;
inline constexpr uint32_t kActionAnnounce = 1;

[[noreturn]] inline void die(const char* what) {
  std::perror(what);
  std::exit(2);
}

inline void store(uint8_t* out, uint64_t value, size_t bytes) {
  for (size_t i = 0; i < bytes; ++i) out[i] = static_cast<uint8_t>(value >> (8 * (bytes - 1 - i)));
}

inline uint32_t load32(const uint8_t* in) {
  return uint32_t{in[0]} << 24 | uint32_t{in[1]} << 16 | uint32_t{in[2]} << 8 | uint32_t{in[3]};
}

class UdpSession {
 public:
  // `address` is IPv4 text.
  UdpSession(const char* address, uint16_t port) {
    socket_ = socket(AF_INET, SOCK_DGRAM, 0);
    const int buffer = 8 << 20;
    setsockopt(socket_, SOL_SOCKET, SO_RCVBUF, &buffer, sizeof buffer);
    setsockopt(socket_, SOL_SOCKET, SO_SNDBUF, &buffer, sizeof buffer);
    sockaddr_in tracker{};
    tracker.sin_family = AF_INET;
    tracker.sin_port = htons(port);
    if (inet_pton(AF_INET, address, &tracker.sin_addr) != 1) die(address);
    if (connect(socket_, reinterpret_cast<const sockaddr*>(&tracker), sizeof tracker) != 0)
      die("connect");
    obtain_id();
  }
  UdpSession(const UdpSession&) = delete;
  UdpSession& operator=(const UdpSession&) = delete;
  ~UdpSession() { close(socket_); }

  [[nodiscard]] int fd() const { return socket_; }
  [[nodiscard]] const std::array<uint8_t, 8>& id() const { return id_; }

  // Waits until there is something to receive; false if nothing arrives in time.
  [[nodiscard]] bool wait(int milliseconds) const {
    pollfd item{socket_, POLLIN, 0};
    return poll(&item, 1, milliseconds) > 0;
  }

  // A leecher of one of a thousand torrents, at port 1024 or above, chosen by transaction.
  void write_announce(std::span<uint8_t, kAnnounceSize> out, uint32_t transaction) const {
    std::memset(out.data(), 0, out.size());
    std::memcpy(out.data(), id_.data(), id_.size());
    store(&out[8], kActionAnnounce, 4);
    store(&out[12], transaction, 4);
    store(&out[16], transaction % 1000 * 0x9e3779b97f4a7c15, 8);
    store(&out[64], 1, 8);   // left
    store(&out[92], 30, 4);  // numwant
    store(&out[96], 1024 + transaction / 1000 % 50, 2);
  }

  // The transaction of an announce reply; 0 for anything else.
  [[nodiscard]] static uint32_t answered(std::span<const uint8_t> reply) {
    if (reply.size() < kAnnounceReplyHeader || load32(&reply[0]) != kActionAnnounce) return 0;
    return load32(&reply[4]);
  }

 private:
  void obtain_id() {
    std::array<uint8_t, 16> request{};
    store(&request[0], 0x41727101980, 8);
    store(&request[12], 1, 4);
    std::array<uint8_t, 16> reply{};
    if (send(socket_, request.data(), request.size(), 0) != 16) die("send");
    if (!wait(5000) || recv(socket_, reply.data(), reply.size(), 0) != 16) die("no connection id");
    std::memcpy(id_.data(), &reply[8], id_.size());
  }

  int socket_ = -1;
  std::array<uint8_t, 8> id_{};
};
