#include "bench/load/http_client.h"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/socket.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

#include "net/socket.h"

namespace ot::bench {
namespace {

constexpr size_t kInput = 256 << 10;

}  // namespace

bool HttpClient::connect() {
  socket_.reset(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
  const int on = 1;
  // connect() chooses the port, and can use the same one for many destinations.
  setsockopt(socket_.get(), IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, &on, sizeof on);
  setsockopt(socket_.get(), IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  sockaddr_in source{};
  source.sin_family = AF_INET;
  const uint32_t place = number_ % shared_.population.sources();
  source.sin_addr.s_addr = htonl(Population::source_address(place));
  SocketAddress target;
  const socklen_t size = to_socket_address(shared_.options.target, target);
  if (bind(socket_.get(), reinterpret_cast<sockaddr*>(&source), sizeof source) != 0 ||
      ::connect(socket_.get(), &target.any, size) != 0) {
    socket_.reset();
    return false;
  }
  epoll_event event{};
  event.events = EPOLLIN;
  event.data.u32 = number_;
  return epoll_ctl(shared_.epoll, EPOLL_CTL_ADD, socket_.get(), &event) == 0;
}

// A peer that has the address of this connection.
uint32_t HttpClient::any_peer() {
  const Population& population = shared_.population;
  const uint32_t place = number_ % population.sources();
  const uint32_t there =
      (population.size() - place + population.sources() - 1) / population.sources();
  return place + population.sources() * shared_.random.below(std::max(there, 1U));
}

bool HttpClient::send(MonotonicTime intended) {
  if (!socket_ && !connect()) return false;
  std::array<uint8_t, kHttpRequestSize * kMaxPipeline> bytes;
  ByteWriter writer(bytes);
  answered_ = 0;
  for (asked_ = 0; asked_ < shared_.options.pipeline; ++asked_) {
    batch_[asked_] = {any_peer(), intended};
    write_http_announce(writer, shared_.population, batch_[asked_].peer, shared_.options.numwant,
                        closes());
  }
  shared_.tally.sent += asked_;
  const ssize_t sent = ::send(socket_.get(), bytes.data(), writer.size(), MSG_NOSIGNAL);
  if (sent == static_cast<ssize_t>(writer.size())) return true;
  abandon("a request that could not be sent");
  return false;
}

void HttpClient::on_readable(MonotonicTime now) {
  if (!socket_) return;
  input_.resize(kInput);
  const ssize_t got =
      recv(socket_.get(), input_.data() + filled_, input_.size() - filled_, MSG_DONTWAIT);
  if (got < 0 && errno == EAGAIN) return;
  if (got < 0) return abandon("a connection reset");
  if (got == 0) return on_closed();
  filled_ += static_cast<size_t>(got);
  read_replies(now);
}

void HttpClient::read_replies(MonotonicTime now) {
  size_t used = 0;
  while (is_busy()) {
    const HttpReply reply = frame_reply(ByteView(input_).first(filled_).subspan(used));
    if (reply.status == HttpReply::Status::bad) return abandon("a reply that is no HTTP");
    if (reply.status == HttpReply::Status::incomplete) break;
    on_reply(reply, batch_[answered_], now);
    used += reply.size;
    // A connection that will be closed stays busy until then.
    if (closes()) break;
    ++answered_;
  }
  std::memmove(input_.data(), input_.data() + used, filled_ - used);
  filled_ -= used;
}

void HttpClient::on_reply(const HttpReply& reply, const Asked& asked, MonotonicTime now) {
  Tally& tally = shared_.tally;
  tally.latency.add(now - asked.intended);
  ++tally.replies;
  ++tally.announces;
  HttpAnnounceReply announce;
  if (shared_.options.verify == Verify::none) return;
  if (reply.code != 200 || !read_announce(reply.body, announce))
    return tally.fault("a reply that is no announce reply");
  if (announce.is_failure) {
    ++tally.errors;
    return;
  }
  tally.peers += announce.peers.size() / 6 + announce.peers6.size() / 18;
  const bool thorough = tally.announces % shared_.options.verify_every == 0;
  if (const char* fault = find_http_fault(shared_.population, asked.peer, shared_.options.numwant,
                                          announce, shared_.options.verify, thorough))
    tally.fault(fault);
}

void HttpClient::on_closed() {
  if (!closes()) return abandon("a connection closed");
  // Complete replies have been counted already; what is left over is not one.
  if (filled_ > 0) return abandon("a reply cut short");
  socket_.reset();
  answered_ = asked_;
}

void HttpClient::abandon(std::string_view fault) {
  shared_.tally.lost += asked_ - answered_;
  shared_.tally.fault(fault);
  socket_.reset();
  filled_ = 0;
  answered_ = asked_;
}

}  // namespace ot::bench
