#include "bench/load/udp_port.h"

#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

#include "net/socket.h"

namespace ot::bench {
namespace {

constexpr int kSocketBuffer = 64 << 20;
constexpr size_t kControl = CMSG_SPACE(sizeof(in_pktinfo));

struct alignas(cmsghdr) Control {
  std::array<uint8_t, kControl> bytes{};
};

void set_buffer(int fd, int forced, int limited) {
  const int size = kSocketBuffer;
  if (setsockopt(fd, SOL_SOCKET, forced, &size, sizeof size) != 0)
    setsockopt(fd, SOL_SOCKET, limited, &size, sizeof size);
}

// Fills `control` once; afterwards set_source() changes only the address.
void prepare_source(msghdr& header, Control& control) {
  header.msg_control = control.bytes.data();
  header.msg_controllen = control.bytes.size();
  cmsghdr* message = CMSG_FIRSTHDR(&header);
  message->cmsg_level = IPPROTO_IP;
  message->cmsg_type = IP_PKTINFO;
  message->cmsg_len = CMSG_LEN(sizeof(in_pktinfo));
}

void set_source(msghdr& header, uint32_t address) {
  in_pktinfo info{};
  info.ipi_spec_dst.s_addr = htonl(address);
  std::memcpy(CMSG_DATA(CMSG_FIRSTHDR(&header)), &info, sizeof info);
}

}  // namespace

struct UdpPort::Buffers {
  SocketAddress target;
  std::array<std::array<uint8_t, kMaxRequest>, kBatch> out_bytes;
  std::array<std::array<uint8_t, kMaxReply + 64>, kBatch> in_bytes;
  std::array<Control, kBatch> control;
  std::array<iovec, kBatch> out_vectors;
  std::array<iovec, kBatch> in_vectors;
  std::array<SocketAddress, kBatch> from;
  std::array<mmsghdr, kBatch> out;
  std::array<mmsghdr, kBatch> in;

  explicit Buffers(const Endpoint& to) {
    const socklen_t size = to_socket_address(to, target);
    for (size_t i = 0; i < kBatch; ++i) {
      out[i].msg_hdr = {};
      out_vectors[i] = {out_bytes[i].data(), 0};
      out[i].msg_hdr.msg_name = &target;
      out[i].msg_hdr.msg_namelen = size;
      out[i].msg_hdr.msg_iov = &out_vectors[i];
      out[i].msg_hdr.msg_iovlen = 1;
      if (to.address.is_v4()) prepare_source(out[i].msg_hdr, control[i]);
      in[i].msg_hdr = {};
      in_vectors[i] = {in_bytes[i].data(), kMaxReply};
      in[i].msg_hdr.msg_name = &from[i];
      in[i].msg_hdr.msg_iov = &in_vectors[i];
      in[i].msg_hdr.msg_iovlen = 1;
    }
  }
};

Result<std::unique_ptr<UdpPort>, SystemError> UdpPort::open(const Endpoint& target) {
  const bool v4 = target.address.is_v4();
  UniqueFd fd(socket(v4 ? AF_INET : AF_INET6, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
  if (!fd) return last_error("socket");
  set_buffer(fd.get(), SO_RCVBUFFORCE, SO_RCVBUF);
  set_buffer(fd.get(), SO_SNDBUFFORCE, SO_SNDBUF);
  // With "don't fragment" the kernel does not have to number the datagrams.
  const int discover = IP_PMTUDISC_DO;
  if (v4) setsockopt(fd.get(), IPPROTO_IP, IP_MTU_DISCOVER, &discover, sizeof discover);
  Endpoint any;
  if (!v4) any.address = IpAddress::v6(std::array<uint8_t, 16>{});
  SocketAddress address;
  const socklen_t size = to_socket_address(any, address);
  if (bind(fd.get(), &address.any, size) != 0) return last_error("bind");
  return std::unique_ptr<UdpPort>(new UdpPort(std::move(fd), target));
}

UdpPort::UdpPort(UniqueFd socket, const Endpoint& target)
    : socket_(std::move(socket)), target_(target), buffers_(std::make_unique<Buffers>(target)) {}

UdpPort::~UdpPort() = default;

void UdpPort::queue(uint32_t source, ByteView request) {
  Buffers& b = *buffers_;
  const size_t size = std::min(request.size(), kMaxRequest);
  std::memcpy(b.out_bytes[queued_].data(), request.data(), size);
  b.out_vectors[queued_].iov_len = size;
  if (target_.address.is_v4()) set_source(b.out[queued_].msg_hdr, source);
  if (++queued_ == kBatch) flush();
}

void UdpPort::flush() {
  size_t done = 0;
  while (done < queued_) {
    const int sent = sendmmsg(socket_.get(), buffers_->out.data() + done,
                              static_cast<unsigned>(queued_ - done), MSG_NOSIGNAL);
    if (sent > 0) {
      done += static_cast<size_t>(sent);
    } else if (errno == EAGAIN || errno == ENOBUFS) {
      pollfd writable{socket_.get(), POLLOUT, 0};
      poll(&writable, 1, 10);
    } else if (errno != EINTR) {
      ++send_failures_;
      ++done;
    }
  }
  queued_ = 0;
}

size_t UdpPort::receive_batch() {
  for (mmsghdr& message : buffers_->in) message.msg_hdr.msg_namelen = sizeof(SocketAddress);
  const int count = recvmmsg(socket_.get(), buffers_->in.data(), kBatch, MSG_DONTWAIT, nullptr);
  return count > 0 ? static_cast<size_t>(count) : 0;
}

bool UdpPort::is_from_target(size_t i) {
  const SocketAddress& from = buffers_->from[i];
  const SocketAddress& target = buffers_->target;
  const bool same =
      target_.address.is_v4()
          ? from.v4.sin_port == target.v4.sin_port &&
                from.v4.sin_addr.s_addr == target.v4.sin_addr.s_addr
          : from.v6.sin6_port == target.v6.sin6_port &&
                std::memcmp(&from.v6.sin6_addr, &target.v6.sin6_addr, sizeof(in6_addr)) == 0;
  if (!same) ++foreign_;
  return same;
}

ByteView UdpPort::reply(size_t i) const {
  return ByteView(buffers_->in_bytes[i])
      .first(std::min<size_t>(buffers_->in[i].msg_len, kMaxReply));
}

void UdpPort::wait(Duration longest) const {
  if (longest <= Duration(0)) return;
  const auto seconds = std::chrono::floor<std::chrono::seconds>(longest);
  timespec timeout{};
  timeout.tv_sec = seconds.count();
  timeout.tv_nsec = (longest - seconds).count();
  pollfd readable{socket_.get(), POLLIN, 0};
  ppoll(&readable, 1, &timeout, nullptr);
}

}  // namespace ot::bench
