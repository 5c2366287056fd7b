// A gzip file made piece by piece: with the state file's checksum, the only place that knows zlib.
//
// Level 1 with the largest hash table (memLevel 9) is the fastest of zlib's settings on scrapes and
// compresses as well as level 2 (docs/performance.md). Takes about 400 KB. Not thread-safe; may
// move from thread to thread.
#pragma once

#include <memory>
#include <vector>

#include "base/bytes.h"

namespace ot {

class GzipStream {
 public:
  // Null if there is no memory.
  [[nodiscard]] static std::unique_ptr<GzipStream> create();
  GzipStream(const GzipStream&) = delete;
  GzipStream& operator=(const GzipStream&) = delete;
  ~GzipStream();

  // Compresses all of `text` and appends to `out` what is ready of it, which may be nothing.
  void write(ByteView text, std::vector<uint8_t>& out);
  // Appends the rest. The last call.
  void finish(std::vector<uint8_t>& out);

 private:
  struct State;

  explicit GzipStream(std::unique_ptr<State> state);
  void deflate_into(std::vector<uint8_t>& out, int flush);

  const std::unique_ptr<State> state_;
  bool finished_ = false;
};

}  // namespace ot
