// Reads an access list from a file into an AccessList, on the worker's thread.
//
// A file is refused, with its path and the reason, if it is missing or unreadable, not a regular
// file, larger than kMaxListFile, empty, or has lines but not a single valid one. A file that holds
// only comments is a valid, empty list. A file that is overwritten in place may be read half
// written. That is noticed if its size or modification time changes during the read, or if it was
// written less than kSettleTime ago; the outcome is then read_again.
#pragma once

#include <chrono>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "access/access_list.h"
#include "access/hash_line.h"
#include "access/line_splitter.h"
#include "base/bytes.h"
#include "base/clock.h"
#include "base/function_ref.h"

namespace ot {

inline constexpr uint64_t kMaxListFile = uint64_t{1} << 30U;
// A file younger than this is read again after this long.
inline constexpr std::chrono::seconds kSettleTime{2};

struct FaultyLine {
  uint64_t number;  // from 1
  HashLineFault fault;
};

struct ListTotals {
  static constexpr size_t kReported = 5;

  uint64_t lines = 0;
  uint64_t hashes = 0;  // lines with a hash; a repeated hash counts each time
  uint64_t faulty = 0;
  std::vector<FaultyLine> first_faulty;  // at most kReported
};

// The text of a list, given in chunks: its hashes, and what is wrong with its other lines.
//
// Takes 20 bytes of memory a hash and no more, however long comments are. Not thread-safe.
class ListText {
 public:
  // Reserves memory for this many hashes.
  explicit ListText(size_t expected_hashes) { hashes_.reserve(expected_hashes); }

  void add(ByteView chunk);
  // Ends the text, and with it the last line, which may lack its line feed.
  void finish();

  [[nodiscard]] std::span<const InfoHash> hashes() const { return hashes_; }
  [[nodiscard]] const ListTotals& totals() const { return totals_; }

 private:
  void take(const TextLine& line);

  LineSplitter splitter_;
  std::vector<InfoHash> hashes_;
  ListTotals totals_;
};

enum class ListOutcome : uint8_t {
  loaded,      // `list` is what the file says
  read_again,  // perhaps half written: wait kSettleTime; until then, `list` has what could be read
  refused      // the list in force stays
};

struct ListReading {
  ListOutcome outcome = ListOutcome::refused;
  AccessList list;
  ListTotals totals;
  // Why it was not loaded: "list.txt: is a directory; it must be a regular file of info_hashes".
  std::string reason;
};

// `now` is the time of the call. Once is_cancelled() returns true it stops soon, with the outcome
// refused. Throws std::bad_alloc if memory does not suffice for the list.
[[nodiscard]] ListReading read_list_file(const std::string& path, WallTime now,
                                         const SecretHash& hash, FunctionRef<bool()> is_cancelled);

}  // namespace ot
