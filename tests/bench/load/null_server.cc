#include "bench/load/null_server.h"

#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <memory>

#include "bench/load/udp_messages.h"
#include "net/socket.h"

namespace ot::bench {
namespace {

constexpr std::string_view kHttpReply =
    "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 101\r\n\r\n"
    "d8:completei1e10:incompletei5e8:intervali1800e12:min intervali900e"
    "5:peers24:012345678901234567890123e";

constexpr size_t kAnnounceReply = 200;
constexpr size_t kScrapeReply = 68;

bool add(int epoll, int fd) {
  epoll_event event{};
  event.events = EPOLLIN;
  event.data.fd = fd;
  return epoll_ctl(epoll, EPOLL_CTL_ADD, fd, &event) == 0;
}

class NullUdp {
 public:
  explicit NullUdp(int fd) : fd_(fd) {
    for (size_t i = 0; i < kBatch; ++i) {
      in_vectors_[i] = {in_bytes_[i].data(), in_bytes_[i].size()};
      out_vectors_[i] = {out_bytes_[i].data(), 0};
      in_[i].msg_hdr = {};
      in_[i].msg_hdr.msg_name = &from_[i];
      in_[i].msg_hdr.msg_iov = &in_vectors_[i];
      in_[i].msg_hdr.msg_iovlen = 1;
      out_[i].msg_hdr = in_[i].msg_hdr;
      out_[i].msg_hdr.msg_iov = &out_vectors_[i];
    }
  }

  void serve() {
    for (mmsghdr& message : in_) message.msg_hdr.msg_namelen = sizeof(SocketAddress);
    const int count = recvmmsg(fd_, in_.data(), kBatch, 0, nullptr);
    if (count <= 0) return;
    const auto received = static_cast<size_t>(count);
    for (size_t i = 0; i < received; ++i) answer(i);
    for (size_t done = 0; done < received;) {
      const int sent = sendmmsg(fd_, out_.data() + done, static_cast<unsigned>(received - done), 0);
      if (sent <= 0) return;
      done += static_cast<size_t>(sent);
    }
  }

 private:
  static constexpr size_t kBatch = 32;

  // The size alone determines the action.
  void answer(size_t i) {
    const size_t size = in_[i].msg_len;
    const uint8_t action = size == kUdpConnectSize ? 0 : size == kUdpAnnounceSize ? 1 : 2;
    constexpr std::array<size_t, 3> kSizes{kUdpConnectSize, kAnnounceReply, kScrapeReply};
    out_bytes_[i][3] = action;
    std::memcpy(out_bytes_[i].data() + 4, in_bytes_[i].data() + 12, 4);
    out_vectors_[i].iov_len = kSizes[action];
    out_[i].msg_hdr.msg_namelen = in_[i].msg_hdr.msg_namelen;
  }

  const int fd_;
  std::array<std::array<uint8_t, 2048>, kBatch> in_bytes_{};
  std::array<std::array<uint8_t, 256>, kBatch> out_bytes_{};
  std::array<iovec, kBatch> in_vectors_{};
  std::array<iovec, kBatch> out_vectors_{};
  std::array<SocketAddress, kBatch> from_{};
  std::array<mmsghdr, kBatch> in_{};
  std::array<mmsghdr, kBatch> out_{};
};

enum class Served : uint8_t { answered, waiting, gone };

Served serve_http(int fd, bool closes) {
  std::array<char, 8192> request;
  const ssize_t got = recv(fd, request.data(), request.size(), 0);
  if (got < 0 && errno == EAGAIN) return Served::waiting;
  if (got > 0)
    send(fd, kHttpReply.data(), kHttpReply.size(), MSG_NOSIGNAL | (closes ? MSG_MORE : 0));
  if (got > 0 && !closes) return Served::answered;
  close(fd);
  return Served::gone;
}

void accept_some(int listener, int epoll, bool closes) {
  constexpr int kMost = 64;
  for (int i = 0; i < kMost; ++i) {
    const int fd = accept4(listener, nullptr, nullptr, SOCK_NONBLOCK);
    if (fd < 0) return;
    if (serve_http(fd, closes) != Served::gone) add(epoll, fd);
  }
}

}  // namespace

Result<void, SystemError> run_null_server(const Options& options) {
  auto tcp = listen_tcp(options.target);
  if (!tcp) return Unexpected(tcp.error());
  auto udp = bind_udp(options.target);
  if (!udp) return Unexpected(udp.error());
  const UniqueFd epoll(epoll_create1(EPOLL_CLOEXEC));
  if (!add(epoll.get(), tcp->get()) || !add(epoll.get(), udp->get()))
    return last_error("epoll_ctl");
  const bool closes = options.connections_mode == Connections::close;
  const auto null_udp = std::make_unique<NullUdp>(udp->get());
  std::array<epoll_event, 256> events{};
  for (;;) {
    const int count = epoll_wait(epoll.get(), events.data(), static_cast<int>(events.size()), -1);
    for (int i = 0; i < count; ++i) {
      const int fd = events[static_cast<size_t>(i)].data.fd;
      if (fd == tcp->get()) {
        accept_some(fd, epoll.get(), closes);
      } else if (fd == udp->get()) {
        null_udp->serve();
      } else {
        serve_http(fd, closes);
      }
    }
  }
}

}  // namespace ot::bench
