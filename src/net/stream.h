// Where a byte-stream protocol meets the TCP server: what a handler is given and what it answers.
//
// The server knows connections, buffers and deadlines; the handler knows where a request ends and
// what to reply. Neither sees the other's side. Thread: that of the loop.
#pragma once

#include <cstdint>
#include <optional>
#include <span>

#include "base/bytes.h"
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
  };

  Next next = Next::need_more;
  // Bytes of input the request took, at least 1 with `keep`; ignored with `need_more`.
  size_t consumed = 0;

  [[nodiscard]] static StreamVerdict need_more() { return {Next::need_more, 0}; }
  [[nodiscard]] static StreamVerdict keep(size_t consumed) { return {Next::keep, consumed}; }
  [[nodiscard]] static StreamVerdict close(size_t consumed) { return {Next::close, consumed}; }
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

 protected:
  ~StreamHandler() = default;
};

}  // namespace ot
