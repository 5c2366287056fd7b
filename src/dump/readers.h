// The clients of one run of a full scrape or dump: all are sent the same pieces.
//
// Pieces are shared, so a slow reader costs memory only for the pieces that nobody else waits for;
// one that falls more than `max_lag` behind the fastest is reset. An HTTP/1.1 client gets chunks.
// For an older one the end of the connection is the end of the body, so a reader that cannot have
// all of it is reset, never closed. A piece goes to a few readers in one pass of the loop, since
// the kernel takes a hundred microseconds for each. Thread: the loop's.
#pragma once

#include <vector>

#include "dump/requester.h"
#include "dump/status.h"
#include "tracker/statistics.h"

namespace ot {

// Writes the head of the reply to `reader`, whose connection ends with the body if it is older than
// HTTP/1.1. At most kReplyHeadRoom bytes.
void write_dump_head(ByteWriter& out, Requester& reader, bool gzip);

class DumpReaders {
 public:
  // `gzip`: the pieces are a gzip file.
  DumpReaders(bool gzip, size_t max_lag, Statistics& statistics, DumpCounters& counters)
      : gzip_(gzip), max_lag_(max_lag), statistics_(statistics), counters_(counters) {}

  // Sends the head of the reply. Only before the first piece.
  void add(Requester reader);
  // Takes the next part of the body, which may be empty; `last` completes it. Only when the piece
  // before has been sent to everyone.
  void begin_piece(ReplyPiece piece, bool last);
  // Sends the piece to a few more readers. True if all have it.
  bool send_some();
  // Drops readers that have left, resets those that lag, ends those that have taken everything.
  void review();
  void reset_all();

  [[nodiscard]] bool empty() const { return readers_.empty(); }
  [[nodiscard]] size_t size() const { return readers_.size(); }
  // Whether some readers have yet to be sent the piece.
  [[nodiscard]] bool has_piece_to_send() const { return next_ < readers_.size(); }
  // Bytes the fastest reader has yet to take, and has taken, as of the last review().
  [[nodiscard]] size_t backlog() const { return backlog_; }
  [[nodiscard]] uint64_t taken() const { return sent_ - std::min<uint64_t>(sent_, backlog_); }
  // Bytes the slowest reader has yet to take, which is the memory that they keep, and bytes all of
  // them have yet to take, as of the last review().
  [[nodiscard]] size_t held() const { return held_; }
  [[nodiscard]] size_t left() const { return left_; }

 private:
  bool send_to(const Requester& reader);

  const bool gzip_;
  const size_t max_lag_;
  Statistics& statistics_;
  DumpCounters& counters_;
  std::vector<Requester> readers_;
  // The piece being sent; readers from next_ on have yet to be sent it.
  ReplyPiece chunk_head_;
  ReplyPiece piece_;
  ReplyPiece last_chunk_;
  size_t next_ = 0;
  uint64_t sent_ = 0;  // bytes of body, this piece included
  size_t backlog_ = 0;
  size_t held_ = 0;
  size_t left_ = 0;
  bool whole_ = false;
};

}  // namespace ot
