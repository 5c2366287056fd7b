// Where a byte-stream protocol meets the TCP server: what a handler is given and what it returns.
//
// The server knows connections, buffers and deadlines; the handler knows where a request ends and
// how to reply. Neither sees the other's side. Thread: the loop's.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <utility>
#include <vector>

#include "base/bytes.h"
#include "base/clock.h"
#include "base/ip_address.h"

namespace ot {

// The other end of a connection.
struct StreamPeer {
  Endpoint socket;  // as the kernel reports it
  // Whether an Introducer has taken a header off the connection, and the client it named, if any.
  bool introduced = false;
  std::optional<Endpoint> client = std::nullopt;
};

// What an Introducer makes of the first bytes of a connection.
struct Introduction {
  enum class Status : uint8_t { need_more, refused, complete };

  Status status = Status::need_more;
  // If complete: the bytes it took, and the client it names, if it names one.
  size_t consumed = 0;
  std::optional<Endpoint> client = std::nullopt;
};

// Reads the header that a proxy puts in front of the first request to name its client. Thread: the
// loop's.
class Introducer {
 public:
  // Whether a proxy at that address may name clients; asked before a byte is read.
  [[nodiscard]] virtual bool trusts(const Endpoint& socket) = 0;
  // Called with all bytes received so far, until it needs no more.
  [[nodiscard]] virtual Introduction on_introduction(const Endpoint& socket, ByteView input) = 0;

 protected:
  ~Introducer() = default;
};

// Names a connection. Outliving it does no harm: a token never names a later one.
struct ConnectionToken {
  uint32_t index = 0;
  uint32_t generation = 0;
};

// A part of a late reply; many connections may be sent the same one.
using ReplyPiece = std::shared_ptr<const std::vector<uint8_t>>;

// Takes late replies: any number of pieces, then an end. Calls for a connection that is gone, or is
// not owed a reply, do nothing and say so. Whatever the client does not take piles up, so a sender
// of long replies watches waiting() and resets clients that are too slow. Thread: the loop's.
class ReplyPort {
 public:
  enum class End : uint8_t {
    keep,   // the connection may send another request
    close,  // close it when the client has everything
  };

  // Sends what the client takes at once and queues the rest. False if the connection is gone.
  virtual bool send(ConnectionToken to, ReplyPiece piece) = 0;
  virtual void end(ConnectionToken to, End end) = 0;
  // Ends the connection in a way no client can mistake for the end of a reply.
  virtual void reset(ConnectionToken to) = 0;
  // For a reply that ends with the connection: until its end is sent, anything that closes the
  // connection resets it, even the death of the process. Costs a system call.
  virtual void reset_unless_ended(ConnectionToken /*to*/) {}
  // Bytes the client has yet to take; nothing if the connection is gone.
  [[nodiscard]] virtual std::optional<size_t> waiting(ConnectionToken to) const = 0;
  // Whether the client has shut down its side: it may have left, or only have no more requests.
  // Costs a system call.
  [[nodiscard]] virtual bool has_hung_up(ConnectionToken /*to*/) const { return false; }

 protected:
  ~ReplyPort() = default;
};

// A reply that comes later than the verdict on its request. The handler makes it, the server begins
// it.
class LateReply {
 public:
  LateReply() = default;
  LateReply(const LateReply&) = delete;
  LateReply& operator=(const LateReply&) = delete;
  virtual ~LateReply() = default;

  // Called once, when every earlier reply on the connection has been sent or queued: from now on
  // `port` takes the pieces of this one, the first of them during the call if it is there. Never
  // called if the connection breaks first. The object goes afterwards.
  virtual void begin(ReplyPort& port, ConnectionToken to) = 0;
};

// What a handler makes of the bytes before it.
struct StreamVerdict {
  enum class Next : uint8_t {
    need_more,  // no complete request yet; call again when there are more bytes
    keep,       // a request was answered; another may follow
    close,      // a request was answered or refused; send the reply, then close
    later,      // a request was taken and will be answered by `late`; nothing more is read
  };

  Next next = Next::need_more;
  // Bytes of input the request took: at least 1 with `keep` and `later`, ignored with `need_more`.
  size_t consumed = 0;
  // With `later` only.
  std::unique_ptr<LateReply> late = nullptr;

  [[nodiscard]] static StreamVerdict need_more() { return {Next::need_more, 0}; }
  [[nodiscard]] static StreamVerdict keep(size_t consumed) { return {Next::keep, consumed}; }
  [[nodiscard]] static StreamVerdict close(size_t consumed) { return {Next::close, consumed}; }
  [[nodiscard]] static StreamVerdict later(size_t consumed, std::unique_ptr<LateReply> reply) {
    return {Next::later, consumed, std::move(reply)};
  }
};

// Where an OutputBuffer sends its bytes.
class OutputSink {
 public:
  // Sends or queues all of `bytes`. `last`: nothing follows on this connection.
  virtual void write(ByteView bytes, bool last) = 0;

 protected:
  ~OutputSink() = default;
};

// Gathers replies so that one system call sends many. A reply is built in place: reserve() the most
// it can take, write into that, commit() what it took.
class OutputBuffer {
 public:
  // `memory` outlives the buffer; its size is the largest reply there can be.
  OutputBuffer(ByteSpan memory, OutputSink& sink) : memory_(memory), sink_(sink) {}
  OutputBuffer(const OutputBuffer&) = delete;
  OutputBuffer& operator=(const OutputBuffer&) = delete;

  // Returns `size` bytes to write into, or none if size > capacity(). Committed bytes that are in
  // the way are sent first. Valid until the next call of any other member.
  [[nodiscard]] ByteSpan reserve(size_t size);
  // Appends bytes [offset, offset + size) of what reserve() returned to the stream. So a body can
  // be written behind a gap, and its head put in front of it afterwards.
  void commit(size_t offset, size_t size);
  // The same for a view inside `room`, which reserve() returned.
  void commit(ByteSpan room, ByteView view) {
    commit(static_cast<size_t>(view.data() - room.data()), view.size());
  }
  // Appends a copy; false, and nothing appended, if bytes.size() > capacity().
  bool append(ByteView bytes);

  // Passes all committed bytes to the sink.
  void flush(bool last);

  [[nodiscard]] size_t capacity() const { return memory_.size(); }
  // Bytes committed and not yet flushed.
  [[nodiscard]] ByteView pending() const { return memory_.subspan(begin_, end_ - begin_); }

 private:
  ByteSpan memory_;
  OutputSink& sink_;
  size_t begin_ = 0;
  size_t end_ = 0;
};

class StreamHandler {
 public:
  // A connection was accepted; it may never send a request. False: close it before anything is
  // read.
  [[nodiscard]] virtual bool on_connected(const Endpoint& /*socket*/) { return true; }
  // Looks for one request at the front of `input` and, if it is complete, appends the reply to
  // `out` or returns a late one. The first `already_seen` bytes were there at the last call, which
  // returned need_more for the same request. Called again for what follows a request, until it
  // needs more. No view outlives the call.
  virtual StreamVerdict on_bytes(const StreamPeer& peer, ByteView input, size_t already_seen,
                                 OutputBuffer& out) = 0;
  // `requests` were answered in a later pass than the one in which their first byte came, `took`
  // after it.
  virtual void on_deferred(Duration /*took*/, int /*requests*/) {}

 protected:
  ~StreamHandler() = default;
};

}  // namespace ot
