#include "net/udp_server.h"

#include <netinet/in.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <cerrno>

#include "net/socket.h"

namespace ot {
namespace {

// One cache line longer than a datagram: with a stride of 2048 all buffers would share a few cache
// sets.
constexpr size_t kStride = UdpServer::kMaxDatagram + 64;

// A control message with the address that was asked, or the address to answer from.
struct alignas(cmsghdr) Control {
  std::array<uint8_t, CMSG_SPACE(sizeof(in6_pktinfo))> bytes;
};

template <typename T>
T payload_of(cmsghdr* message) {
  T value;
  std::memcpy(&value, CMSG_DATA(message), sizeof value);
  return value;
}

template <typename T>
void append_control(msghdr& header, int level, int type, const T& value) {
  header.msg_controllen = CMSG_SPACE(sizeof value);
  cmsghdr* message = CMSG_FIRSTHDR(&header);
  message->cmsg_level = level;
  message->cmsg_type = type;
  message->cmsg_len = CMSG_LEN(sizeof value);
  std::memcpy(CMSG_DATA(message), &value, sizeof value);
}

// Makes `reply` leave from the address in `asked`, a control message of the request. The routing
// table chooses the interface, except for link-local addresses, which mean nothing without one.
void answer_from(msghdr& reply, cmsghdr* asked) {
  if (asked->cmsg_level == IPPROTO_IP) {
    auto info = payload_of<in_pktinfo>(asked);
    info.ipi_ifindex = 0;
    append_control(reply, IPPROTO_IP, IP_PKTINFO, info);
  } else {
    auto info = payload_of<in6_pktinfo>(asked);
    if (!IN6_IS_ADDR_LINKLOCAL(&info.ipi6_addr)) info.ipi6_ifindex = 0;
    append_control(reply, IPPROTO_IPV6, IPV6_PKTINFO, info);
  }
}

bool names_local_address(const cmsghdr* message) {
  return (message->cmsg_level == IPPROTO_IP && message->cmsg_type == IP_PKTINFO) ||
         (message->cmsg_level == IPPROTO_IPV6 && message->cmsg_type == IPV6_PKTINFO);
}

// Null if the datagram does not carry it.
cmsghdr* find_local_address(msghdr& header) {
  cmsghdr* message = CMSG_FIRSTHDR(&header);
  while (message != nullptr && !names_local_address(message))
    message = CMSG_NXTHDR(&header, message);
  return message;
}

}  // namespace

// Everything a batch needs. Element i of the receiving arrays, and of out_bytes and replies,
// belongs to datagram i. The other sending arrays are filled without gaps.
struct UdpServer::Buffers {
  std::array<std::array<uint8_t, kStride>, kBatch> in_bytes;
  std::array<std::array<uint8_t, kStride>, kBatch> out_bytes;
  std::array<SocketAddress, kBatch> sources;
  std::array<Control, kBatch> in_control;
  std::array<Control, kBatch> out_control;
  std::array<iovec, kBatch> in_vectors;
  std::array<iovec, kBatch> out_vectors;
  std::array<mmsghdr, kBatch> in;
  std::array<mmsghdr, kBatch> out;
  std::array<Datagram, kBatch> datagrams;
  std::array<UdpReply, kBatch> replies;

  Buffers() {
    for (size_t i = 0; i < kBatch; ++i) {
      in_vectors[i] = {in_bytes[i].data(), kMaxDatagram};
      in[i].msg_hdr = {};
      in[i].msg_hdr.msg_name = &sources[i];
      in[i].msg_hdr.msg_iov = &in_vectors[i];
      in[i].msg_hdr.msg_iovlen = 1;
      in[i].msg_hdr.msg_control = &in_control[i];
      out[i].msg_hdr = {};
      out[i].msg_hdr.msg_iov = &out_vectors[i];
      out[i].msg_hdr.msg_iovlen = 1;
    }
  }
};

Result<std::unique_ptr<UdpServer>, SystemError> UdpServer::create(EventLoop& loop, UniqueFd socket,
                                                                  DatagramHandler& handler) {
  const auto local = local_endpoint(socket.get());
  if (!local) return Unexpected(local.error());
  const int fd = socket.get();
  std::unique_ptr<UdpServer> server(new UdpServer(loop, std::move(socket), *local, handler));
  auto watch = loop.watch(fd, EPOLLIN, *server);
  if (!watch) return Unexpected(watch.error());
  server->watch_ = *watch;
  return server;
}

UdpServer::UdpServer(EventLoop& loop, UniqueFd socket, const Endpoint& local,
                     DatagramHandler& handler)
    : loop_(loop),
      socket_(std::move(socket)),
      local_(local),
      handler_(handler),
      buffers_(std::make_unique<Buffers>()) {}

// Not forget(): another process may share a passed-in socket, and epoll would go on reporting it.
UdpServer::~UdpServer() { loop_.unwatch(watch_); }

UdpCounters UdpServer::counters() const {
  UdpCounters counters = counters_;
  counters.kernel_drops = dropped_datagrams(socket_.get());
  return counters;
}

void UdpServer::on_events(uint32_t) {
  const size_t count = receive();
  if (count > 0) answer(count);
}

size_t UdpServer::receive() {
  Buffers& b = *buffers_;
  for (mmsghdr& message : b.in) {
    message.msg_hdr.msg_namelen = sizeof(SocketAddress);
    message.msg_hdr.msg_controllen = sizeof(Control);
  }
  const int received = recvmmsg(socket_.get(), b.in.data(), kBatch, MSG_DONTWAIT, nullptr);
  if (received <= 0) return 0;  // nothing there, or an error that reading it has cleared
  const auto count = static_cast<size_t>(received);
  counters_.received += count;
  return count;
}

void UdpServer::answer(size_t count) {
  Buffers& b = *buffers_;
  for (size_t i = 0; i < count; ++i) {
    const size_t size = std::min<size_t>(b.in[i].msg_len, kMaxDatagram);
    b.datagrams[i] = {to_endpoint(b.sources[i]), ByteView(b.in_bytes[i]).first(size)};
    b.replies[i] = {ByteSpan(b.out_bytes[i]).first(kMaxDatagram), 0};
  }
  handler_.on_batch(std::span(b.datagrams).first(count), std::span(b.replies).first(count));
  size_t queued = 0;
  for (size_t i = 0; i < count; ++i) {
    if (b.replies[i].size > 0) queue_reply(i, queued++);
  }
  send_all(queued);
}

void UdpServer::queue_reply(size_t from, size_t to) {
  Buffers& b = *buffers_;
  msghdr& request = b.in[from].msg_hdr;
  msghdr& reply = b.out[to].msg_hdr;
  b.out_vectors[to] = {b.out_bytes[from].data(), std::min(b.replies[from].size, kMaxDatagram)};
  reply.msg_name = request.msg_name;
  reply.msg_namelen = request.msg_namelen;
  reply.msg_control = &b.out_control[to];
  reply.msg_controllen = 0;
  if (cmsghdr* asked = find_local_address(request)) answer_from(reply, asked);
}

// The kernel knows the path MTU is too small for this reply.
bool UdpServer::send_in_fragments(mmsghdr& reply) {
  if (!allow_fragments(socket_.get())) return false;
  const bool sent = sendmmsg(socket_.get(), &reply, 1, MSG_DONTWAIT | MSG_NOSIGNAL) == 1;
  forbid_fragments(socket_.get());
  counters_.sent += sent ? 1U : 0U;
  return sent;
}

void UdpServer::send_all(size_t count) {
  mmsghdr* const out = buffers_->out.data();
  size_t done = 0;
  while (done < count) {
    const auto left = static_cast<unsigned>(count - done);
    const int sent = sendmmsg(socket_.get(), out + done, left, MSG_DONTWAIT | MSG_NOSIGNAL);
    if (sent > 0) {
      done += static_cast<size_t>(sent);
      counters_.sent += static_cast<size_t>(sent);
      continue;
    }
    const int reason = errno;
    if (reason == EINTR) continue;
    if (reason == EMSGSIZE && send_in_fragments(out[done])) {
      ++done;
      continue;
    }
    // sendmmsg fails only for its first message: skip that one and go on with the rest.
    const bool full = reason == EAGAIN || reason == EWOULDBLOCK;
    const size_t lost = full ? left : 1;
    counters_.send_errors += lost;
    done += lost;
  }
}

}  // namespace ot
