#include "net/tcp_server.h"

#include <sys/socket.h>

#include <algorithm>
#include <cassert>
#include <cerrno>
#include <climits>
#include <cstring>
#include <utility>

#include "net/socket.h"

namespace ot {
namespace {

// What a client may still send after its reply before it is cut off, and how much of it in one
// pass.
constexpr uint32_t kMaxDrain = 256 << 10;
constexpr int kDrainReadsPerWake = 4;

// Descriptors are given out lowest first, so one with this number means that as many are in use.
int crowded_from(uint64_t limit) {
  if (limit == 0) limit = descriptor_limit();
  return static_cast<int>(std::min(limit / 4 * 3, uint64_t{INT_MAX}));
}

}  // namespace

// What serve() did with its input.
struct TcpServer::Served {
  StreamVerdict::Next next = StreamVerdict::Next::keep;
  int requests = 0;
  size_t consumed = 0;
  bool nothing_unread = false;  // closing now cannot cause a reset
  std::unique_ptr<LateReply> late = nullptr;

  // No reply that a reset could destroy.
  static Served refused() { return {StreamVerdict::Next::close, 0, 0, true}; }
};

TcpServer::TcpServer(EventLoop& loop, StreamHandler& handler, const TcpOptions& options)
    : loop_(loop),
      handler_(handler),
      options_(options),
      crowded_from_(crowded_from(options.descriptor_limit)),
      input_(std::make_unique<uint8_t[]>(options.max_input)),
      output_(std::make_unique<uint8_t[]>(options.max_reply)),
      reading_(loop.timers(), options.request_timeout,
               [this](Connection& late) {
                 ++counters_.closed_by_timeout;
                 close(late);
               }),
      idle_(loop.timers(), options.idle_timeout,
            [this](Connection& late) {
              ++counters_.closed_idle;
              close(late);
            }),
      writing_(loop.timers(), options.request_timeout, [this](Connection& late) { give_up(late); }),
      replying_(loop.timers(), options.request_timeout,
                [this](Connection& late) { give_up(late); }),
      draining_(loop.timers(), options.drain_timeout, [this](Connection& late) { close(late); }),
      ready_timer_(loop.timers(), [this] { run_ready(); }),
      acceptor_(loop, options.accepts_per_wake, *this) {}

TcpServer::~TcpServer() {
  const auto empty = [this](auto& queue) {
    while (Connection* connection = queue.front())
      connection->late ? reset(*connection) : close(*connection);
  };
  for (auto* queue : {&reading_, &idle_, &writing_, &replying_, &draining_}) empty(*queue);
  for (auto* list : {&ready_, &late_}) empty(*list);
}

void TcpServer::stop_listening() {
  stopping_ = true;
  acceptor_.stop();
  while (Connection* connection = idle_.front()) close(*connection);
}

// Most clients are served and gone here, without a Connection.
void TcpServer::on_accepted(UniqueFd socket, const Endpoint& peer, Introducer* introducer) {
  ++counters_.accepted;
  handler_.on_connected(peer);
  if (introducer != nullptr && !introducer->trusts(peer)) return;
  if (socket.get() >= crowded_from_) make_room();
  Caller caller{{peer}, introducer};
  const ssize_t size = recv(socket.get(), input_.get(), options_.max_input, MSG_DONTWAIT);
  if (size == 0 || (size < 0 && !would_block(errno))) return;
  if (size < 0) return wait_for_request(open(std::move(socket), caller), 0);
  const ByteView input(input_.get(), static_cast<size_t>(size));
  SocketSink sink(socket.get());
  Served served = serve(caller, input, input.size() == options_.max_input, 0, sink);
  if (sink.broken() || (served.nothing_unread && !sink.stuck())) return;
  settle(open(std::move(socket), caller), input, std::move(served), sink);
}

TcpServer::Served TcpServer::serve(Caller& caller, ByteView input, bool may_have_more, size_t seen,
                                   SocketSink& sink) {
  using Next = StreamVerdict::Next;
  OutputBuffer out({output_.get(), options_.max_reply}, sink);
  Served served;
  if (caller.introducer != nullptr) {
    const Introduction said = introduce(caller, input);
    if (said.status == Introduction::Status::refused) return Served::refused();
    served = {.next = Next::need_more, .consumed = said.consumed};
    if (said.status == Introduction::Status::need_more) return served;
    seen = 0;
  }
  while (served.consumed < input.size() && !sink.stuck()) {
    if (served.requests == options_.requests_per_wake) break;
    const ByteView rest = input.subspan(served.consumed);
    StreamVerdict verdict = handler_.on_bytes(caller.peer, rest, seen, out);
    assert(verdict.next != Next::keep || verdict.consumed > 0);
    assert((verdict.next == Next::later) == (verdict.late != nullptr));
    served.next = verdict.next;
    if (verdict.next == Next::need_more) break;
    ++served.requests;
    served.consumed += std::min(verdict.consumed, rest.size());
    if (verdict.next == Next::later) served.late = std::move(verdict.late);
    if (verdict.next != Next::keep) break;
    seen = 0;
  }
  counters_.requests += static_cast<uint64_t>(served.requests);
  served.nothing_unread =
      served.next == Next::close && served.consumed == input.size() && !may_have_more;
  out.flush(served.nothing_unread);
  return served;
}

Introduction TcpServer::introduce(Caller& caller, ByteView input) {
  const Introduction said = caller.introducer->on_introduction(caller.peer.socket, input);
  if (said.status == Introduction::Status::complete) {
    caller.introducer = nullptr;
    caller.peer.introduced = true;
    caller.peer.client = said.client;
  }
  return said;
}

// Finds the place where `connection` waits for what it needs next; may close it or another one.
void TcpServer::settle(Connection& connection, ByteView input, Served served, SocketSink& sink) {
  using Next = StreamVerdict::Next;
  if (sink.broken()) return close(connection);
  const bool closing = served.next == Next::close;
  const bool incomplete = served.next == Next::need_more;
  const ByteView rest = closing ? ByteView() : input.subspan(served.consumed);
  connection.note_taken(served.consumed, served.next == Next::later, loop_.now());
  if (incomplete && rest.size() >= options_.max_input) return close(connection);
  keep_input(connection, rest);
  connection.seen = incomplete ? static_cast<uint32_t>(rest.size()) : 0;
  if (served.next == Next::later) {
    wait_for_reply(connection, sink.take_rest(), *served.late);
  } else if (sink.stuck()) {
    connection.close_when_written = closing;
    wait_for_room(connection, sink.take_rest());
  } else if (closing) {
    served.nothing_unread ? close(connection) : begin_drain(connection);
  } else if (incomplete) {
    wait_for_request(connection, served.requests);
  } else if (rest.empty()) {
    wait_idle(connection);
  } else {
    wait_for_turn(connection);
  }
  limit_buffered();
}

void TcpServer::tell_deferred(const Connection& connection, bool all, const Served& served) {
  const int answered = served.requests - (served.next == StreamVerdict::Next::later ? 1 : 0);
  const int deferred = all ? answered : std::min(answered, 1);
  if (deferred > 0) handler_.on_deferred(loop_.now() - connection.began, deferred);
  counters_.deferred += static_cast<uint64_t>(deferred);
}

// The deadline is absolute: bytes that complete nothing do not move it.
void TcpServer::wait_for_request(Connection& connection, int requests_served) {
  const bool same_request =
      connection.phase == Connection::Phase::reading && connection.linked() && requests_served == 0;
  connection.phase = Connection::Phase::reading;
  if (!same_request) reading_.arm(connection);
  watch_for(connection, EPOLLIN);
}

void TcpServer::wait_idle(Connection& connection) {
  if (stopping_) return close(connection);
  connection.phase = Connection::Phase::idle;
  idle_.arm(connection);
  watch_for(connection, EPOLLIN);
}

void TcpServer::wait_for_turn(Connection& connection) {
  connection.phase = Connection::Phase::ready;
  ready_.push_back(connection);
  ready_timer_.arm(loop_.now());
  watch_for(connection, EPOLLIN);
}

void TcpServer::wait_for_room(Connection& connection, std::vector<uint8_t> unsent) {
  connection.phase = Connection::Phase::writing;
  buffered_ += unsent.size();
  connection.unsent = std::move(unsent);
  connection.sent = 0;
  writing_.arm(connection);
  watch_for(connection, EPOLLOUT);
}

void TcpServer::on_ready(Connection& connection) {
  switch (connection.phase) {
    case Connection::Phase::reading:
    case Connection::Phase::idle:
      return receive(connection);
    case Connection::Phase::ready:
      return;  // its turn comes with the timers
    case Connection::Phase::writing:
      return write_rest(connection);
    case Connection::Phase::late:
      // Nothing was asked for: the connection is broken.
      return connection.watched_events == 0 ? close(connection) : send_late(connection);
    case Connection::Phase::draining:
      return drain(connection);
  }
}

void TcpServer::receive(Connection& connection) {
  const size_t pending = connection.input.size();
  const size_t room = options_.max_input - pending;
  const ssize_t size = recv(connection.socket.get(), input_.get() + pending, room, MSG_DONTWAIT);
  if (size < 0 && would_block(errno)) return;
  if (size <= 0) return close(connection);
  advance(connection, static_cast<size_t>(size), static_cast<size_t>(size) == room);
}

// Serves what is pending and the `received` bytes that already stand behind it in input_.
void TcpServer::advance(Connection& connection, size_t received, bool may_have_more) {
  const size_t pending = connection.input.size();
  if (pending > 0) std::memcpy(input_.get(), connection.input.data(), pending);
  const ByteView input(input_.get(), pending + received);
  SocketSink sink(connection.socket.get());
  Served served = serve(connection.caller, input, may_have_more, connection.seen, sink);
  if (pending > 0) tell_deferred(connection, received == 0, served);
  settle(connection, input, std::move(served), sink);
}

// Those that are not through with their input after this turn get their next one in the next pass.
void TcpServer::run_ready() {
  HookList<Connection> turn;
  turn.append_all_of(ready_);
  while (Connection* connection = turn.front()) {
    connection->unlink();
    advance(*connection, 0, true);
  }
}

void TcpServer::write_rest(Connection& connection) {
  const ByteView rest = ByteView(connection.unsent).subspan(connection.sent);
  const ssize_t sent =
      ::send(connection.socket.get(), rest.data(), rest.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
  if (sent < 0) return would_block(errno) ? void() : close(connection);
  connection.sent += static_cast<uint32_t>(sent);
  if (static_cast<size_t>(sent) < rest.size()) return writing_.arm(connection);
  buffered_ -= connection.unsent.size();
  connection.unsent = {};
  if (connection.close_when_written) return begin_drain(connection);
  advance(connection, 0, true);
}

void TcpServer::begin_drain(Connection& connection) {
  connection.phase = Connection::Phase::draining;
  shutdown(connection.socket.get(), SHUT_WR);
  draining_.arm(connection);
  drain(connection);
}

void TcpServer::drain(Connection& connection) {
  for (int i = 0; i < kDrainReadsPerWake; ++i) {
    const ssize_t size =
        recv(connection.socket.get(), input_.get(), options_.max_input, MSG_DONTWAIT);
    if (size < 0 && would_block(errno)) break;
    if (size <= 0) return close(connection);
    connection.drained += static_cast<uint32_t>(size);
    if (connection.drained > kMaxDrain) return close(connection);
  }
  watch_for(connection, EPOLLIN);
}

void TcpServer::keep_input(Connection& connection, ByteView input) {
  buffered_ -= connection.input.size();
  if (input.empty()) {
    connection.input = {};
  } else {
    connection.input.assign(input.begin(), input.end());
  }
  buffered_ += connection.input.size();
}

void TcpServer::watch_for(Connection& connection, uint32_t events) {
  if (connection.watch && connection.watched_events == events) return;
  connection.watched_events = events;
  if (connection.watch) return loop_.change(connection.watch, events);
  auto watch = loop_.watch(connection.socket.get(), events, connection);
  if (!watch) return close(connection);
  connection.watch = *watch;
}

bool TcpServer::make_room() {
  Connection* spared = idle_.front();
  if (spared == nullptr) spared = draining_.front();
  if (spared == nullptr) return false;
  ++counters_.closed_for_room;
  close(*spared);
  return true;
}

// Whoever has been stuck longest holds the memory with the least right: first those who do not take
// their replies, then those who have sent more than they were owed a reply to, then those who are
// slow to ask.
void TcpServer::limit_buffered() {
  const auto holds_memory = [](const Connection& one) { return one.buffered() > 0; };
  while (buffered_ > options_.max_buffered) {
    Connection* stuck = replying_.find(holds_memory);
    if (stuck == nullptr) stuck = writing_.front();
    if (stuck == nullptr) stuck = late_.find(holds_memory);
    if (stuck == nullptr) stuck = reading_.front();
    if (stuck == nullptr) return;
    ++counters_.closed_for_room;
    reset(*stuck);
  }
}

void TcpServer::close(Connection& connection) {
  buffered_ -= connection.buffered();
  if (connection.late) --owed_;
  loop_.forget(connection.watch);
  connections_.close(connection);
  acceptor_.on_descriptor_closed();
}

// Its client takes nothing.
void TcpServer::give_up(Connection& connection) {
  ++counters_.closed_by_timeout;
  reset(connection);
}

// Without this the kernel would go on offering the reply to a client that does not take it.
void TcpServer::reset(Connection& connection) {
  set_resetting(connection, true);
  close(connection);
}

void TcpServer::set_resetting(const Connection& connection, bool on) {
  const linger at_once{on ? 1 : 0, 0};
  setsockopt(connection.socket.get(), SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
}

}  // namespace ot
