#include "net/tcp_server.h"

#include <algorithm>
#include <cassert>
#include <climits>
#include <cstring>
#include <utility>

#include "net/socket.h"

namespace ot {
namespace {

// Bytes a client may still send after its reply before it is cut off, and reads of them in one
// pass.
constexpr uint32_t kMaxDrain = 256 << 10;
constexpr int kDrainReadsPerWake = 4;

// The kernel gives out the lowest free descriptor, so one with this number means that as many are
// in use.
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

  // There is no reply that a reset could destroy.
  static Served refused() { return {StreamVerdict::Next::close, 0, 0, true}; }
};

TcpServer::TcpServer(EventLoop& loop, StreamHandler& handler, const TcpOptions& options)
    : loop_(loop),
      handler_(handler),
      options_(options),
      crowded_from_(crowded_from(options.descriptor_limit)),
      input_(std::make_unique<uint8_t[]>(options.max_input)),
      output_(std::make_unique<uint8_t[]>(options.max_reply)),
      reading_(loop.timers(), options.http_timeout,
               [this](Connection& late) {
                 ++counters_.closed_by_timeout;
                 close(late);
               }),
      idle_(loop.timers(), options.keepalive_timeout,
            [this](Connection& late) {
              ++counters_.closed_idle;
              close(late);
            }),
      writing_(loop.timers(), options.http_timeout, [this](Connection& late) { give_up(late); }),
      replying_(loop.timers(), options.http_timeout, [this](Connection& late) { give_up(late); }),
      draining_(loop.timers(), options.drain_timeout, [this](Connection& late) { close(late); }),
      ready_timer_(loop.timers(), [this] { run_ready(); }),
      connections_([this](Connection& ready) { on_ready(ready); }),
      acceptor_(
          loop, options.accepts_per_wake,
          [this](UniqueFd socket, const Endpoint& peer, Introducer* introducer) {
            on_accepted(std::move(socket), peer, introducer);
          },
          [this] { return make_room(); }) {
  assert(options.max_input > 0 && options.requests_per_wake > 0 && options.accepts_per_wake > 0);
}

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
  using Status = Channel::Transfer::Status;
  ++counters_.accepted;
  if (!handler_.on_connected(peer)) return;
  if (introducer != nullptr && !introducer->trusts(peer)) return;
  Channel channel(std::move(socket));
  if (channel.descriptor() >= crowded_from_) (void)make_room();
  Caller caller{{peer}, introducer};
  const Channel::Transfer got = channel.receive({input_.get(), options_.max_input});
  if (got.status == Status::over) return;
  if (got.status == Status::blocked)
    return wait_for_request(connections_.open(std::move(channel), caller), 0);
  const ByteView input(input_.get(), got.size);
  ChannelSink sink(channel);
  Served served = serve(caller, input, input.size() == options_.max_input, 0, sink);
  if (sink.broken() || (served.nothing_unread && !sink.stuck())) return;
  settle(connections_.open(std::move(channel), caller), input, std::move(served), sink);
}

TcpServer::Served TcpServer::serve(Caller& caller, ByteView input, bool may_have_more, size_t seen,
                                   ChannelSink& sink) {
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
    assert(verdict.consumed > 0 || verdict.next == Next::need_more || verdict.next == Next::close);
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

// Puts `connection` where it waits for what it needs next; may close it, or others.
void TcpServer::settle(Connection& connection, ByteView input, Served served, ChannelSink& sink) {
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

// Bytes that do not complete the request do not move its deadline.
void TcpServer::wait_for_request(Connection& connection, int requests_served) {
  const bool same_request =
      connection.phase == Connection::Phase::reading && connection.linked() && requests_served == 0;
  connection.phase = Connection::Phase::reading;
  if (!same_request) reading_.arm(connection);
  watch_for(connection, connection.channel.events_to_receive());
}

void TcpServer::wait_idle(Connection& connection) {
  if (stopping_) return close(connection);
  connection.phase = Connection::Phase::idle;
  idle_.arm(connection);
  watch_for(connection, connection.channel.events_to_receive());
}

void TcpServer::wait_for_turn(Connection& connection) {
  connection.phase = Connection::Phase::ready;
  ready_.push_back(connection);
  ready_timer_.arm(loop_.now());
  watch_for(connection, connection.channel.events_to_receive());
}

void TcpServer::wait_for_room(Connection& connection, std::vector<uint8_t> unsent) {
  connection.phase = Connection::Phase::writing;
  buffered_ += unsent.size();
  connection.unsent = std::move(unsent);
  connection.sent = 0;
  writing_.arm(connection);
  watch_for(connection, connection.channel.events_to_send());
}

void TcpServer::on_ready(Connection& connection) {
  switch (connection.phase) {
    case Connection::Phase::reading:
    case Connection::Phase::idle:
      return receive(connection);
    case Connection::Phase::ready:
      return;  // its turn comes with ready_timer_
    case Connection::Phase::writing:
      return write_rest(connection);
    case Connection::Phase::late:
      // It waited for no event, so this one means that it is broken.
      return connection.watched_events == 0 ? close(connection) : send_late(connection);
    case Connection::Phase::draining:
      return drain(connection);
  }
}

void TcpServer::receive(Connection& connection) {
  using Status = Channel::Transfer::Status;
  const size_t pending = connection.input.size();
  const ByteSpan room(input_.get() + pending, options_.max_input - pending);
  const Channel::Transfer got = connection.channel.receive(room);
  if (got.status == Status::blocked) return;
  if (got.status == Status::over) return close(connection);
  advance(connection, got.size, got.size == room.size());
}

// Serves the pending input, followed by the `received` bytes, which are in input_ where it ends.
void TcpServer::advance(Connection& connection, size_t received, bool may_have_more) {
  const size_t pending = connection.input.size();
  if (pending > 0) std::memcpy(input_.get(), connection.input.data(), pending);
  const ByteView input(input_.get(), pending + received);
  ChannelSink sink(connection.channel);
  Served served = serve(connection.caller, input, may_have_more, connection.seen, sink);
  if (pending > 0) tell_deferred(connection, received == 0, served);
  settle(connection, input, std::move(served), sink);
}

// A connection whose input is not used up in this turn gets its next one in the next pass.
void TcpServer::run_ready() {
  HookList<Connection> turn;
  turn.append_all_of(ready_);
  while (Connection* connection = turn.front()) {
    connection->unlink();
    advance(*connection, 0, true);
  }
}

void TcpServer::write_rest(Connection& connection) {
  using Status = Channel::Transfer::Status;
  const ByteView rest = ByteView(connection.unsent).subspan(connection.sent);
  const Channel::Transfer went = connection.channel.send(rest);
  if (went.status == Status::blocked) return;
  if (went.status == Status::over) return close(connection);
  connection.sent += static_cast<uint32_t>(went.size);
  if (went.size < rest.size()) return writing_.arm(connection);
  buffered_ -= connection.unsent.size();
  connection.unsent = {};
  if (connection.close_when_written) return begin_drain(connection);
  advance(connection, 0, true);
}

void TcpServer::begin_drain(Connection& connection) {
  connection.phase = Connection::Phase::draining;
  connection.channel.finish_sending();
  draining_.arm(connection);
  drain(connection);
}

void TcpServer::drain(Connection& connection) {
  using Status = Channel::Transfer::Status;
  for (int i = 0; i < kDrainReadsPerWake; ++i) {
    const Channel::Transfer got = connection.channel.receive({input_.get(), options_.max_input});
    if (got.status == Status::blocked) break;
    if (got.status == Status::over) return close(connection);
    connection.drained += static_cast<uint32_t>(got.size);
    if (connection.drained > kMaxDrain) return close(connection);
  }
  watch_for(connection, connection.channel.events_to_receive());
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
  auto watch = loop_.watch(connection.channel.descriptor(), events, connection);
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

// Closes connections that have been stuck longest: first those that do not take their replies, then
// those with more requests while they are owed a late reply, then those that are slow to ask.
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

// For a client that takes nothing.
void TcpServer::give_up(Connection& connection) {
  ++counters_.closed_by_timeout;
  reset(connection);
}

// Otherwise the kernel would go on offering the reply to a client that does not take it.
void TcpServer::reset(Connection& connection) {
  connection.channel.reset_on_close(true);
  close(connection);
}

}  // namespace ot
