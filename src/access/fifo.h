// FIFOs, through which other programs add hashes to the access list and delete them: opening one,
// and parsing what is read from it.
//
// FifoLines is pure: it takes the results of read(2), cut anywhere, from any number of writers. A
// write(2) of up to PIPE_BUF (4096) bytes arrives in one piece, so a line that is written at once
// stays whole. A longer line is skipped, because another writer's bytes may be inside it.
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

// Why a FIFO cannot be used: its path, the reason and, if that helps, the command to create it.
struct FifoError {
  std::string message;
};

// Opens the FIFO at `path` for reading, non-blocking, and creates it with mode 0660 if it is
// missing. It is opened for writing as well: otherwise it reaches its end of file when the last
// writer closes it, and epoll reports that for ever.
[[nodiscard]] Result<UniqueFd, FifoError> open_fifo(const std::string& path);

struct FifoTotals {
  uint64_t lines = 0;
  uint64_t hashes = 0;
  uint64_t faulty = 0;         // including lines that are too long
  HashLineFault last_fault{};  // if faulty
};

class FifoLines {
 public:
  using OnHash = FunctionRef<void(const InfoHash&)>;

  // Takes the result of one read(2).
  void add(ByteView chunk, OnHash on_hash);
  // Call it when the FIFO is empty. A hash without a line feed (printf HASH >fifo) counts then,
  // because that write is complete.
  void pause(OnHash on_hash);

  [[nodiscard]] const FifoTotals& totals() const { return totals_; }

 private:
  void take(const TextLine& line, OnHash on_hash);

  LineSplitter splitter_;
  FifoTotals totals_;
};

}  // namespace ot
