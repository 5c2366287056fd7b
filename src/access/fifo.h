// The FIFOs by which programs beside the tracker add hashes to its list and delete them: opening
// one, and the hashes in what comes out of it.
//
// FifoLines is pure: it takes what read(2) gave, in any pieces, from any number of writers. One
// write of up to PIPE_BUF (4096) bytes arrives in one piece, so lines are whole as long as writers
// write lines; a longer line is skipped, since others may have written into it.
#pragma once

#include <cstdint>
#include <string>

#include "access/hash_line.h"
#include "access/line_splitter.h"
#include "base/bytes.h"
#include "base/function_ref.h"
#include "base/posix.h"
#include "base/result.h"

namespace ot {

// What is wrong with a FIFO, with its path and, where that helps, the command that puts it right.
struct FifoError {
  std::string message;
};

// Opens the FIFO at `path` for reading, non-blocking; makes it (mode 0660) if there is none. It is
// opened for writing too, so that the last writer's leaving is no end of file, which epoll would
// report for ever.
[[nodiscard]] Result<UniqueFd, FifoError> open_fifo(const std::string& path);

struct FifoTally {
  uint64_t lines = 0;
  uint64_t hashes = 0;
  uint64_t faulty = 0;         // those too long included
  HashLineFault last_fault{};  // if faulty
};

class FifoLines {
 public:
  using OnHash = FunctionRef<void(const InfoHash&)>;

  // What one read(2) gave.
  void add(ByteView chunk, OnHash on_hash);
  // The FIFO is empty for now. A hash without a line feed behind it (printf HASH >fifo) counts:
  // nothing more of that write is to come.
  void pause(OnHash on_hash);

  [[nodiscard]] const FifoTally& tally() const { return tally_; }

 private:
  void take(const TextLine& line, OnHash on_hash);

  LineSplitter splitter_;
  FifoTally tally_;
};

}  // namespace ot
