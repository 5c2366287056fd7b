// Serves a byte-stream protocol on TCP listeners that share connections and limits.
//
// The path of a client that sends one request and wants the connection closed is four system calls:
// accept4, recv, send, close. The reply is sent with MSG_MORE, so that its last segment carries the
// FIN. That is safe only if nothing is left unread, for closing with unread input sends a reset,
// which can destroy the reply on its way; otherwise: send, shutdown, drain for a bounded while,
// close. Only a connection that would block gets a Connection and a place in epoll.
//
// Bounds: requests per connection and pass, accepts per pass, bytes of input per connection, bytes
// buffered by all of them together (beyond that, those who have been stuck longest go), deadlines
// for an incomplete request (absolute), an idle connection, a reply without progress. A client that
// does not take its replies is not read from, nor one that is owed a late reply (ReplyPort); that
// has no deadline but the one for a client that takes nothing. Above three quarters of the
// descriptors the connection that has idled longest makes room for each new one. Thread: that of
// the loop.
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <vector>

#include "base/clock.h"
#include "base/posix.h"
#include "base/result.h"
#include "net/acceptor.h"
#include "net/connection.h"
#include "net/event_loop.h"
#include "net/socket.h"
#include "net/socket_sink.h"
#include "net/stream.h"
#include "net/timeout_queue.h"

namespace ot {

struct TcpOptions {
  // From accept, or from the first byte of the next request, to its last byte; also how long a
  // reply may make no progress.
  Duration request_timeout = std::chrono::seconds(30);
  Duration idle_timeout = std::chrono::seconds(5);
  // How long unread input is drained after the reply.
  Duration drain_timeout = std::chrono::seconds(2);
  // Bytes of input a connection can hold; a handler must give its verdict before they are full.
  size_t max_input = 16 << 10;
  // The largest reply a handler can build.
  size_t max_reply = 64 << 10;
  // All connections together.
  size_t max_buffered = 32 << 20;
  int accepts_per_wake = 64;
  int requests_per_wake = 64;
  // Descriptors the process may have; 0 asks the kernel.
  uint64_t descriptor_limit = 0;
};

struct TcpCounters {
  uint64_t accepted = 0;
  uint64_t requests = 0;
  // Of these, answered in a later pass than their first byte came in; the handler is told of each.
  uint64_t deferred = 0;
  // Incomplete introduction or request, or reply without progress.
  uint64_t closed_by_timeout = 0;
  uint64_t closed_idle = 0;
  // To make room for others: descriptors or memory.
  uint64_t closed_for_room = 0;
  // How often the listeners were paused for want of descriptors.
  uint64_t accept_pauses = 0;
};

class TcpServer final : public ReplyPort, private AcceptHandler, private ConnectionEvents {
 public:
  TcpServer(EventLoop& loop, StreamHandler& handler, const TcpOptions& options = {});
  TcpServer(const TcpServer&) = delete;
  TcpServer& operator=(const TcpServer&) = delete;
  // Closes all connections, those that are owed the rest of a late reply by a reset.
  ~TcpServer();

  // Takes a socket of listen_tcp() and serves it from the next pass on. With an introducer, which
  // outlives this, each connection begins with an introduction, within the time for a request; one
  // that it does not trust or understand is closed without a word.
  [[nodiscard]] Result<void, SystemError> add_listener(UniqueFd listener,
                                                       Introducer* introducer = nullptr) {
    return acceptor_.add(std::move(listener), introducer);
  }

  // From now on no connection is accepted and none is kept for another request: the idle ones are
  // closed, the others after the requests they have sent.
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
    return found != nullptr && is_half_closed(found->socket.get());
  }

  [[nodiscard]] TcpCounters counters() const {
    TcpCounters counters = counters_;
    counters.accept_pauses = acceptor_.pauses();
    return counters;
  }
  // Requests answered in the pass in which their first byte came.
  [[nodiscard]] uint64_t answered_at_once() const {
    return counters_.requests - counters_.deferred;
  }
  // Connections that are not served at once.
  [[nodiscard]] size_t connections() const { return connections_.size(); }
  [[nodiscard]] size_t buffered_bytes() const { return buffered_; }

 private:
  struct Served;

  void on_accepted(UniqueFd socket, const Endpoint& peer, Introducer* introducer) override;
  bool make_room() override;
  void on_ready(Connection& connection) override;

  [[nodiscard]] Served serve(Caller& caller, ByteView input, bool may_have_more, size_t seen,
                             SocketSink& sink);
  [[nodiscard]] static Introduction introduce(Caller& caller, ByteView input);
  void settle(Connection& connection, ByteView input, Served served, SocketSink& sink);
  // Tells of the requests just served whose first byte came in an earlier pass: all, or one.
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

  [[nodiscard]] Connection& open(UniqueFd socket, const Caller& caller) {
    return connections_.open(*this, std::move(socket), caller);
  }
  void close(Connection& connection);
  void give_up(Connection& connection);
  void reset(Connection& connection);
  // Whether the kernel, when the socket is closed, resets the connection instead of ending it.
  static void set_resetting(const Connection& connection, bool on);

  EventLoop& loop_;
  StreamHandler& handler_;
  const TcpOptions options_;
  const int crowded_from_;  // descriptors numbered from here mean that three quarters are in use
  TcpCounters counters_;
  bool stopping_ = false;
  size_t buffered_ = 0;                      // sum of Connection::buffered()
  size_t owed_ = 0;                          // connections that are owed a late reply, or its rest
  const std::unique_ptr<uint8_t[]> input_;   // of the connection being served
  const std::unique_ptr<uint8_t[]> output_;  // likewise

  TimeoutQueue<Connection> reading_;
  TimeoutQueue<Connection> idle_;
  TimeoutQueue<Connection> writing_;
  TimeoutQueue<Connection> replying_;  // late replies that wait for their client
  TimeoutQueue<Connection> draining_;
  HookList<Connection> ready_;
  HookList<Connection> late_;  // those with nothing to send yet
  Timer ready_timer_;
  ConnectionTable connections_;
  Acceptor acceptor_;
};

}  // namespace ot
