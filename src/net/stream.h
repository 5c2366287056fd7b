// Where a byte-stream protocol meets the TCP server: what a handler is given and what it answers.
//
// The server knows connections, buffers and deadlines; the handler knows where a request ends and
// what to reply. Neither sees the other's side. Thread: that of the loop.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <vector>

#include "base/bytes.h"
#include "base/clock.h"
#include "base/ip_address.h"

namespace ot {

// Who is at the other end of a connection.
struct StreamPeer {
  Endpoint socket;  // as the kernel has it
  // Whether an Introducer has said whose connection it is, and what it said: nothing if it does not
  // know, or speaks for itself.
  bool introduced = false;
  std::optional<Endpoint> client = std::nullopt;
};

// What an Introducer makes of the first bytes of a connection.
struct Introduction {
  enum class Status : uint8_t { need_more, refused, complete };

  Status status = Status::need_more;
  // If complete: the bytes it took, and whose connection it is, if it says so.
  size_t consumed = 0;
  std::optional<Endpoint> client = std::nullopt;
};

// Reads what stands in front of the first request on a listener behind a proxy: whose connection
// this is. Thread: that of the loop.
class Introducer {
 public:
  // Whether anybody at that address may introduce others; asked before a byte is read.
  [[nodiscard]] virtual bool trusts(const Endpoint& socket) = 0;
  // Called with all bytes of the connection so far until it does not need more.
  [[nodiscard]] virtual Introduction on_introduction(const Endpoint& socket, ByteView input) = 0;

 protected:
  ~Introducer() = default;
};

// What a handler makes of the bytes before it.
struct StreamVerdict {
  enum class Next : uint8_t {
    need_more,  // no whole request yet; call again when there are more bytes
    keep,       // a request was answered; another may follow
    close,      // a request was answered, or refused; send the reply, then close
    later,      // a request was taken whose reply comes through a ReplyPort; nothing more is read
  };

  Next next = Next::need_more;
  // Bytes of input the request took, at least 1 with `keep` and `later`; ignored with `need_more`.
  size_t consumed = 0;

  [[nodiscard]] static StreamVerdict need_more() { return {Next::need_more, 0}; }
  [[nodiscard]] static StreamVerdict keep(size_t consumed) { return {Next::keep, consumed}; }
  [[nodiscard]] static StreamVerdict close(size_t consumed) { return {Next::close, consumed}; }
  [[nodiscard]] static StreamVerdict later(size_t consumed) { return {Next::later, consumed}; }
};

// Names a connection; outlives it harmlessly.
struct ConnectionToken {
  uint32_t index = 0;
  uint32_t generation = 0;
};

// A part of a reply, shared by all connections that are sent it.
using ReplyPiece = std::shared_ptr<const std::vector<uint8_t>>;

// Where replies go that were promised with StreamVerdict::later: any number of pieces, then an end.
// A connection that has gone meanwhile, or that is not owed a reply, takes nothing and says so.
// What its client does not take piles up; whoever sends keeps to a bound by waiting() and reset().
// Thread: that of the loop.
class ReplyPort {
 public:
  enum class End : uint8_t {
    keep,   // the connection may send another request
    close,  // close it when the client has everything
  };

  // Sends what the client takes at once and keeps the rest. False if the connection is gone.
  virtual bool send(ConnectionToken to, ReplyPiece piece) = 0;
  virtual void end(ConnectionToken to, End end) = 0;
  // Ends the connection in a way that no client can take for the end of a reply.
  virtual void reset(ConnectionToken to) = 0;
  // For a reply without another end than that of the connection: until its end is sent, whatever
  // closes the connection resets it, the death of the process included. Costs a system call.
  virtual void reset_unless_ended(ConnectionToken /*to*/) {}
  // Bytes that the client has yet to take; nothing if the connection is gone.
  [[nodiscard]] virtual std::optional<size_t> waiting(ConnectionToken to) const = 0;
  // Whether its client has said that it sends nothing more: it may have left, or only be done with
  // asking. Costs a system call.
  [[nodiscard]] virtual bool has_hung_up(ConnectionToken /*to*/) const { return false; }

 protected:
  ~ReplyPort() = default;
};

// Where an OutputBuffer empties itself.
class OutputSink {
 public:
  // Takes all of `bytes`, to send or to queue. `last`: nothing will follow on this connection.
  virtual void write(ByteView bytes, bool last) = 0;

 protected:
  ~OutputSink() = default;
};

// Gathers replies so that many leave with one system call. A reply is built in place: reserve() the
// most it can take, write into it, commit() what it took.
class OutputBuffer {
 public:
  // `memory` outlives the buffer; its size is the largest reply there can be.
  OutputBuffer(ByteSpan memory, OutputSink& sink) : memory_(memory), sink_(sink) {}
  OutputBuffer(const OutputBuffer&) = delete;
  OutputBuffer& operator=(const OutputBuffer&) = delete;

  // Exactly `size` bytes to write into, empty if size > capacity(). What was committed is sent
  // first if it stands in the way. Valid until the next call of any other member.
  [[nodiscard]] ByteSpan reserve(size_t size);
  // Bytes [offset, offset + size) of what reserve() gave are the next of the stream, so that a body
  // can be written behind a gap and its head put in front of it afterwards.
  void commit(size_t offset, size_t size);
  // Copies; false, and nothing done, if bytes.size() > capacity().
  bool append(ByteView bytes);

  // Hands what was committed to the sink.
  void flush(bool last);

  [[nodiscard]] size_t capacity() const { return memory_.size(); }
  // Committed and not flushed.
  [[nodiscard]] ByteView pending() const { return memory_.subspan(begin_, end_ - begin_); }

 private:
  ByteSpan memory_;
  OutputSink& sink_;
  size_t begin_ = 0;
  size_t end_ = 0;
};

class StreamHandler {
 public:
  // A connection was accepted; it may never send a request.
  virtual void on_connected(const Endpoint& /*socket*/) {}
  // Looks for one request at the front of `input` and, if it is whole, appends the reply to `out`.
  // The first `already_seen` bytes were there at the last call, which answered need_more for the
  // same request. Called again for what follows a request until it needs more. No view outlives the
  // call.
  virtual StreamVerdict on_bytes(const StreamPeer& peer, ByteView input, size_t already_seen,
                                 OutputBuffer& out) = 0;
  // Where the reply goes that on_bytes() has just promised; it may be sent at once. Not called if
  // the connection broke in between.
  virtual void on_later(ReplyPort& /*port*/, ConnectionToken /*to*/) {}
  // So many requests were answered in a later pass than their first byte came in, `took` after it.
  virtual void on_deferred(Duration /*took*/, int /*requests*/) {}

 protected:
  ~StreamHandler() = default;
};

}  // namespace ot
