// The state of TCP connections that could not be served and closed at once.
//
// A Connection is a record: TcpServer decides what happens to it. One that idles between two
// requests holds no buffers. Connections have stable addresses; what outlives a pass names them by
// {index, generation}, which never names a later connection. Thread: the loop's.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <vector>

#include "base/ip_address.h"
#include "net/channel.h"
#include "net/event_loop.h"
#include "net/reply_queue.h"
#include "net/stream.h"
#include "net/timeout_queue.h"

namespace ot {

// The other end of a connection, and the introducer that has yet to name its client, if any.
struct Caller {
  StreamPeer peer;
  Introducer* introducer = nullptr;
};

class Connection;

// Called when the descriptor of a connection is ready for what it is watched for, or broken.
using ConnectionReady = std::function<void(Connection&)>;

class Connection final : public EventHandler, public TimeoutHook {
 public:
  enum class Phase : uint8_t {
    reading,   // has sent part of a request
    idle,      // between requests
    ready,     // had its share of this pass; more requests wait in `input`
    writing,   // does not take its replies; nothing is read
    late,      // is owed a late reply; nothing is read
    draining,  // replied and shut down; unread input is thrown away before the close
  };

  // `on_ready` outlives this.
  Connection(Channel bytes, const Caller& from, ConnectionToken name,
             const ConnectionReady& on_ready)
      : channel(std::move(bytes)), caller(from), token(name), on_ready_(on_ready) {}

  void on_events(uint32_t) override { on_ready_(*this); }

  // Bytes held in buffers.
  [[nodiscard]] size_t buffered() const {
    return input.size() + unsent.size() + (late ? late->own() : 0);
  }
  // Notes that a handler took `consumed` bytes of `input` and of what came after it. Older bytes
  // that are left keep their time, as does an older request that is owed its reply.
  void note_taken(size_t consumed, bool is_owed, MonotonicTime now) {
    if (input.empty() || (consumed >= input.size() && !is_owed)) began = now;
  }

  Channel channel;
  Caller caller;
  const ConnectionToken token;
  Watch watch;
  uint32_t watched_events = 0;
  Phase phase = Phase::reading;
  bool close_when_written = false;
  MonotonicTime began{};       // of the first byte of `input`, or of the request that is owed
  uint32_t seen = 0;           // bytes of `input` the handler has looked at
  uint32_t drained = 0;        // bytes thrown away
  uint32_t sent = 0;           // bytes of `unsent` that have been sent
  std::vector<uint8_t> input;  // received, not served
  std::vector<uint8_t> unsent;
  std::unique_ptr<ReplyQueue> late;  // while it is owed

 private:
  const ConnectionReady& on_ready_;
};

class ConnectionTable {
 public:
  explicit ConnectionTable(ConnectionReady on_ready) : on_ready_(std::move(on_ready)) {}
  ConnectionTable(const ConnectionTable&) = delete;
  ConnectionTable& operator=(const ConnectionTable&) = delete;

  [[nodiscard]] Connection& open(Channel channel, const Caller& caller);
  // Closes the channel and frees the connection.
  void close(Connection& connection);
  // nullptr if that connection is gone.
  [[nodiscard]] Connection* find(ConnectionToken token) const;
  [[nodiscard]] size_t size() const { return slots_.size() - free_.size(); }

 private:
  struct Slot {
    std::unique_ptr<Connection> connection;
    uint32_t generation = 0;
  };

  const ConnectionReady on_ready_;
  std::vector<Slot> slots_;
  std::vector<uint32_t> free_;
};

}  // namespace ot
