// Serves a byte-stream protocol on TCP listeners that share connections and limits.
//
// A client that sends one request and wants the connection closed costs four system calls: accept4,
// recv, send, close. The reply is sent with MSG_MORE, so that its last segment carries the FIN.
// That is safe only if nothing is left unread, because closing with unread input sends a reset,
// which can destroy the reply on its way; otherwise: send, shutdown, drain for a bounded time,
// close. Only a connection that would block gets a Connection and a place in epoll.
//
// Bounded are requests per connection and pass, accepts per pass, bytes of input per connection,
// and bytes buffered by all of them together (beyond that, connections that have been stuck longest
// are closed). Deadlines: for an incomplete request, from its first byte; for an idle connection;
// for a client that takes nothing of its reply. A client that does not take its replies, or is owed
// a late one (ReplyPort), is not read from; how long a late reply takes has no limit here. Above
// three quarters of the descriptors each new connection closes the one that has idled longest.
// Thread: the loop's.
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <vector>

#include "base/clock.h"
#include "base/posix.h"
#include "base/result.h"
#include "net/acceptor.h"
#include "net/channel.h"
#include "net/connection.h"
#include "net/event_loop.h"
#include "net/stream.h"
#include "net/timeout_queue.h"

namespace ot {

struct TcpOptions {
  // From accept, or from the first byte of the next request, to the last byte of the request; also
  // the longest time a reply may make no progress.
  Duration http_timeout = std::chrono::seconds(30);
  Duration keepalive_timeout = std::chrono::seconds(5);
  // How long unread input is thrown away after the reply.
  Duration drain_timeout = std::chrono::seconds(2);
  // Bytes of input a connection can hold; a handler must decide before they are full.
  size_t max_input = 16 << 10;
  // Bytes of the largest reply a handler builds.
  size_t max_reply = 64 << 10;
  // Bytes buffered for all connections together.
  size_t max_buffered = 32 << 20;
  int accepts_per_wake = 64;
  int requests_per_wake = 64;
  // Descriptors the process may have; 0 asks the kernel.
  uint64_t descriptor_limit = 0;
};

struct TcpCounters {
  uint64_t accepted = 0;
  uint64_t requests = 0;
  // Of these, the requests that were answered in a later pass than the one in which their first
  // byte came; the handler is told of each.
  uint64_t deferred = 0;
  // For an incomplete introduction or request, or a reply without progress.
  uint64_t closed_by_timeout = 0;
  uint64_t closed_idle = 0;
  // To make room for others: descriptors or memory.
  uint64_t closed_for_room = 0;
  // How often listening paused because there were no descriptors left.
  uint64_t accept_pauses = 0;
};

class TcpServer final : public ReplyPort {
 public:
  TcpServer(EventLoop& loop, StreamHandler& handler, const TcpOptions& options = {});
  TcpServer(const TcpServer&) = delete;
  TcpServer& operator=(const TcpServer&) = delete;
  // Closes all connections; one that is owed the rest of a late reply is reset.
  ~TcpServer();

  // Takes a socket of listen_tcp() and serves it from the next pass on. With an introducer, which
  // outlives this, each connection begins with an introduction, which may take as long as a
  // request; a connection it does not trust or understand is closed without a reply.
  [[nodiscard]] Result<void, SystemError> add_listener(UniqueFd listener,
                                                       Introducer* introducer = nullptr) {
    return acceptor_.add(std::move(listener), introducer);
  }

  // Accepts nothing more and keeps no connection for another request: idle ones are closed now, the
  // others after the requests they have sent.
  void stop_listening();

  bool send(ConnectionToken to, ReplyPiece piece) override;
  void end(ConnectionToken to, End end) override;
  void reset(ConnectionToken to) override {
    if (Connection* found = find_late(to)) reset(*found);
  }
  void reset_unless_ended(ConnectionToken to) override;
  [[nodiscard]] std::optional<size_t> waiting(ConnectionToken to) const override {
    const Connection* found = find_late(to);
    return found == nullptr ? std::nullopt : std::optional(found->late->waiting());
  }
  [[nodiscard]] bool has_hung_up(ConnectionToken to) const override {
    const Connection* found = find_late(to);
    return found != nullptr && found->channel.has_hung_up();
  }

  [[nodiscard]] TcpCounters counters() const {
    TcpCounters counters = counters_;
    counters.accept_pauses = acceptor_.pauses();
    return counters;
  }
  // Requests that were answered in the pass in which their first byte came.
  [[nodiscard]] uint64_t answered_at_once() const {
    return counters_.requests - counters_.deferred;
  }
  // Open connections, without those that are served and closed at once.
  [[nodiscard]] size_t connections() const { return connections_.size(); }
  [[nodiscard]] size_t buffered_bytes() const { return buffered_; }

 private:
  struct Served;

  void on_accepted(UniqueFd socket, const Endpoint& peer, Introducer* introducer);
  [[nodiscard]] bool make_room();
  void on_ready(Connection& connection);

  [[nodiscard]] Served serve(Caller& caller, ByteView input, bool may_have_more, size_t seen,
                             ChannelSink& sink);
  [[nodiscard]] static Introduction introduce(Caller& caller, ByteView input);
  void settle(Connection& connection, ByteView input, Served served, ChannelSink& sink);
  // Tells the handler how many of the requests just served began in an earlier pass: all, or one.
  void tell_deferred(const Connection& connection, bool all, const Served& served);
  void wait_for_request(Connection& connection, int requests_served);
  void wait_idle(Connection& connection);
  void wait_for_turn(Connection& connection);
  void wait_for_room(Connection& connection, std::vector<uint8_t> unsent);

  void wait_for_reply(Connection& connection, std::vector<uint8_t> unsent, LateReply& reply);
  [[nodiscard]] Connection* find_late(ConnectionToken token) const;
  void add_late(Connection& connection, ReplyPiece piece);
  void send_late(Connection& connection);

  void receive(Connection& connection);
  void advance(Connection& connection, size_t received, bool may_have_more);
  void run_ready();
  void write_rest(Connection& connection);
  void begin_drain(Connection& connection);
  void drain(Connection& connection);

  void keep_input(Connection& connection, ByteView input);
  // Closes the connection if the kernel refuses.
  void watch_for(Connection& connection, uint32_t events);
  void limit_buffered();

  void close(Connection& connection);
  void give_up(Connection& connection);
  void reset(Connection& connection);

  EventLoop& loop_;
  StreamHandler& handler_;
  const TcpOptions options_;
  const int crowded_from_;  // a descriptor with this number means that three quarters are in use
  TcpCounters counters_;
  bool stopping_ = false;
  size_t buffered_ = 0;                      // sum of Connection::buffered()
  size_t owed_ = 0;                          // connections owed a late reply or the rest of one
  const std::unique_ptr<uint8_t[]> input_;   // for the connection being served
  const std::unique_ptr<uint8_t[]> output_;  // likewise

  TimeoutQueue<Connection> reading_;
  TimeoutQueue<Connection> idle_;
  TimeoutQueue<Connection> writing_;
  TimeoutQueue<Connection> replying_;  // late replies their clients have yet to take
  TimeoutQueue<Connection> draining_;
  HookList<Connection> ready_;
  HookList<Connection> late_;  // owed a reply, with nothing to send yet
  Timer ready_timer_;
  ConnectionTable connections_;
  Acceptor acceptor_;
};

}  // namespace ot
