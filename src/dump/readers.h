// The clients that read one run of a full scrape or dump: all are sent the same pieces.
//
// Pieces are shared, so a reader that is behind costs memory only for what nobody else waits for;
// one that is further behind the fastest than `max_lag` is reset. Framing differs: a client of
// HTTP/1.1 gets chunks, an older one a body that ends with the connection, so nobody may be closed
// but at the true end: whoever cannot have everything is reset. A piece goes to a few readers in
// one pass of the loop, for each takes the kernel a hundred microseconds. Thread: that of the loop.
#pragma once

#include <vector>

#include "dump/body.h"
#include "dump/status.h"
#include "net/stream.h"
#include "protocol/http_message.h"
#include "tracker/statistics.h"

namespace ot {

// Who asked, and for what.
struct DumpReader {
  ReplyPort* port = nullptr;
  ConnectionToken to;
  DumpKind kind;
  HttpVersion version = HttpVersion::v1_1;
  Persistence persistence = Persistence::close;

  [[nodiscard]] bool chunked() const { return version == HttpVersion::v1_1; }
  // Without chunks the end of the connection is the end of the body.
  [[nodiscard]] Persistence kept() const { return chunked() ? persistence : Persistence::close; }
  [[nodiscard]] bool has_left() const { return !port->waiting(to); }
};

class DumpReaders {
 public:
  DumpReaders(size_t max_lag, Statistics& statistics, DumpCounters& counters)
      : max_lag_(max_lag), statistics_(statistics), counters_(counters) {}

  // Sends the head of the reply. Before the first piece.
  void add(const DumpReader& reader);
  // The next part of the body, which may be empty; `last`: the body is whole with it. All of the
  // piece before must have been sent.
  void begin_piece(ReplyPiece piece, bool last);
  // Sends the piece to a few more readers. True if all have it.
  bool send_some();
  // Forgets those that have left, resets those that lag, ends those that have taken everything.
  void review();
  void reset_all();

  [[nodiscard]] bool empty() const { return readers_.empty(); }
  [[nodiscard]] size_t size() const { return readers_.size(); }
  [[nodiscard]] bool has_piece_to_send() const { return next_ < readers_.size(); }
  // Bytes that the fastest has yet to take, and bytes it has taken, as of the last review().
  [[nodiscard]] size_t backlog() const { return backlog_; }
  [[nodiscard]] uint64_t taken() const { return sent_ - std::min<uint64_t>(sent_, backlog_); }
  // Bytes that the slowest has yet to take, which is what they keep in memory, and bytes that all
  // together have yet to take, as of the last review().
  [[nodiscard]] size_t held() const { return held_; }
  [[nodiscard]] size_t left() const { return left_; }

 private:
  bool send_to(const DumpReader& reader);
  void finish(const DumpReader& reader);

  const size_t max_lag_;
  Statistics& statistics_;
  DumpCounters& counters_;
  std::vector<DumpReader> readers_;
  // The piece on its way to everybody; those from next_ on have yet to get it.
  ReplyPiece chunk_head_;
  ReplyPiece piece_;
  ReplyPiece last_chunk_;
  size_t next_ = 0;
  uint64_t sent_ = 0;  // bytes of body
  size_t backlog_ = 0;
  size_t held_ = 0;
  size_t left_ = 0;
  bool whole_ = false;
};

}  // namespace ot
