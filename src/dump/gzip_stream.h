// A gzip file made piece by piece: the only place that knows zlib, but for the state file's
// checksum.
//
// Level 1 with the largest hash table (memLevel 9): of zlib's levels and strategies it is the
// fastest on scrapes, and compresses as well as level 2 (docs/performance.md). Takes about 400 KB
// while it lives. Not thread-safe; may move from thread to thread.
#pragma once

#include <memory>
#include <vector>

#include "base/bytes.h"

namespace ot {

class GzipStream {
 public:
  // Null: no memory.
  [[nodiscard]] static std::unique_ptr<GzipStream> create();
  GzipStream(const GzipStream&) = delete;
  GzipStream& operator=(const GzipStream&) = delete;
  ~GzipStream();

  // Takes all of `text` and appends to `out` what comes of it so far, which may be nothing.
  void write(ByteView text, std::vector<uint8_t>& out);
  // Appends the rest. Nothing may be written afterwards.
  void finish(std::vector<uint8_t>& out);

 private:
  struct State;

  explicit GzipStream(std::unique_ptr<State> state);
  void deflate_into(std::vector<uint8_t>& out, int flush);

  const std::unique_ptr<State> state_;
};

}  // namespace ot
