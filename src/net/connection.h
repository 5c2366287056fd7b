// The state of TCP connections that could not be served and closed at once.
//
// A Connection is a record: TcpServer decides what happens to it. One that idles between two
// requests holds no buffers. Connections have stable addresses; from outside a pass they are named
// by {index, generation}, which outlives them harmlessly. Thread: that of the loop.
#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "base/ip_address.h"
#include "base/posix.h"
#include "net/event_loop.h"
#include "net/reply_queue.h"
#include "net/stream.h"
#include "net/timeout_queue.h"

namespace ot {

// Who speaks on a connection, and who has yet to say whose it is, if anybody.
struct Caller {
  StreamPeer peer;
  Introducer* introducer = nullptr;
};

class Connection;

class ConnectionEvents {
 public:
  // The descriptor of `connection` is ready for what it is watched for, or broken.
  virtual void on_ready(Connection& connection) = 0;

 protected:
  ~ConnectionEvents() = default;
};

class Connection final : public EventHandler, public TimeoutHook {
 public:
  enum class Phase : uint8_t {
    reading,   // part of a request is there
    idle,      // between requests
    ready,     // had its share of this pass; more requests wait in `input`
    writing,   // the client does not take its replies; nothing is read
    late,      // owed a reply that comes through the ReplyPort; nothing is read
    draining,  // replied and shut down; unread input is thrown away before the close
  };

  Connection(ConnectionEvents& events, UniqueFd fd, const Caller& from, ConnectionToken name)
      : socket(std::move(fd)), caller(from), token(name), events_(events) {}

  void on_events(uint32_t) override { events_.on_ready(*this); }

  // Bytes held in buffers.
  [[nodiscard]] size_t buffered() const {
    return input.size() + unsent.size() + (late ? late->own() : 0);
  }
  // So many bytes were taken of `input` and what came behind it. What is left of older bytes keeps
  // its time, as does an older request that is owed a reply.
  void note_taken(size_t consumed, bool is_owed, MonotonicTime now) {
    if (input.empty() || (consumed >= input.size() && !is_owed)) began = now;
  }

  const UniqueFd socket;
  Caller caller;
  const ConnectionToken token;
  Watch watch;
  uint32_t watched_events = 0;
  Phase phase = Phase::reading;
  bool close_when_written = false;
  MonotonicTime began{};       // when the first byte of `input`, or of the request owed, came
  uint32_t seen = 0;           // bytes of `input` the handler has looked at
  uint32_t drained = 0;        // bytes thrown away
  uint32_t sent = 0;           // bytes of `unsent` that are gone
  std::vector<uint8_t> input;  // received, not served
  std::vector<uint8_t> unsent;
  std::unique_ptr<ReplyQueue> late;  // while it is owed

 private:
  ConnectionEvents& events_;
};

class ConnectionTable {
 public:
  [[nodiscard]] Connection& open(ConnectionEvents& events, UniqueFd socket, const Caller& caller);
  // Closes the socket and frees the connection.
  void close(Connection& connection);
  // nullptr if that one is gone.
  [[nodiscard]] Connection* find(ConnectionToken token) const;
  [[nodiscard]] size_t size() const { return slots_.size() - free_.size(); }

 private:
  struct Slot {
    std::unique_ptr<Connection> connection;
    uint32_t generation = 0;
  };

  std::vector<Slot> slots_;
  std::vector<uint32_t> free_;
};

}  // namespace ot
