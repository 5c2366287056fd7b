// The body of a full scrape or a state dump, made piece by piece on the worker: torrents are copied
// under a lock, then sorted, written and compressed without one.
//
// A piece holds about kPieceText bytes of text, compressed with gzip; then it may be empty. The
// caller decides when to make the next piece, so nothing here waits for a reader. Memory is
// bounded: the torrents of SortedTorrents, a piece, and 400 KB for gzip. Thread: the worker's
// during make_piece(), the loop's otherwise.
#pragma once

#include <memory>

#include "base/clock.h"
#include "dump/gzip_stream.h"
#include "dump/sorted_torrents.h"
#include "net/stream.h"
#include "net/worker.h"
#include "protocol/scrape_format.h"

namespace ot {

// Readers of one kind can be sent the same pieces.
struct DumpKind {
  DumpFormat format = DumpFormat::ben;
  bool gzip = false;

  friend constexpr bool operator==(const DumpKind&, const DumpKind&) = default;
};

class DumpBody {
 public:
  static constexpr size_t kPieceText = 256 << 10;

  DumpBody(TorrentTable& table, const Clock& clock, DumpKind kind)
      : clock_(clock), kind_(kind), torrents_(table) {}

  // Makes the next piece. Only before has_ended(). Fails if cancelled or out of memory; then the
  // body is of no more use.
  [[nodiscard]] JobResult make_piece(const JobWatch& watch);
  [[nodiscard]] ReplyPiece take_piece() { return std::move(piece_); }

  // Whether the last piece was made.
  [[nodiscard]] bool has_ended() const { return ended_; }
  [[nodiscard]] uint32_t shards_done() const { return torrents_.shards_done(); }

 private:
  void write_text(const JobWatch& watch, std::vector<uint8_t>& out);
  [[nodiscard]] JobResult compress(std::vector<uint8_t>& text);

  const Clock& clock_;
  const DumpKind kind_;
  SortedTorrents torrents_;
  std::unique_ptr<GzipStream> gzip_;
  ReplyPiece piece_;
  bool begun_ = false;
  bool ended_ = false;
};

}  // namespace ot
