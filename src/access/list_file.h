// Reads an access list from a file into an AccessList, on the worker's thread.
//
// A file is refused, with its path and the reason, if it is missing or unreadable, not a regular
// file, larger than kMaxListFile, or has lines but not a single valid one. A file that holds only
// comments is a valid, empty list. A file that is overwritten in place may be read half written,
// and only a rename rules that out; a file that changes during the read, or was written less than
// kSettleTime ago, is marked as such.
#pragma once

#include <chrono>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "access/access_list.h"
#include "access/hash_line.h"
#include "access/line_splitter.h"
#include "access/text_encoding.h"
#include "base/bytes.h"
#include "base/clock.h"
#include "base/function_ref.h"

namespace ot {

inline constexpr uint64_t kMaxListFile = uint64_t{1} << 30U;
// A file that is younger than this after a read deserves another read this much later.
inline constexpr std::chrono::seconds kSettleTime{2};

// Completes "PATH: " for a list of zero bytes: where it is accepted, and where it is not.
inline constexpr std::string_view kHoldsNothing =
    "is empty, so the list holds nothing; for an empty list, write a comment line that begins with "
    "#";
inline constexpr std::string_view kEmpty =
    "is empty; for an empty list, write a comment line that begins with #";

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

// The text of a list, given in chunks: its hashes, and what is wrong with its other lines. A byte
// order mark of UTF-8 at the beginning is skipped.
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
  // The encoding of the text if it is one that lists cannot have: "UTF-16LE". Otherwise empty.
  [[nodiscard]] std::string_view wide_encoding() const { return beginning_.wide_encoding(); }

 private:
  void take(TextLine line);

  LineSplitter splitter_;
  TextBeginning beginning_;
  std::vector<InfoHash> hashes_;
  ListTotals totals_;
};

enum class ListOutcome : uint8_t {
  loaded,   // `list` is what the file says
  nothing,  // zero bytes, or a byte order mark alone: `list` is empty
  refused   // unusable
};

// What was read: equal if nobody has written to the file in between.
struct ListVersion {
  uint64_t inode = 0;
  uint64_t size = 0;
  WallTime modified;
  uint64_t content = 0;  // a keyed sum of the hashes

  friend bool operator==(const ListVersion&, const ListVersion&) = default;
};

struct ListReading {
  ListOutcome outcome = ListOutcome::refused;
  AccessList list;
  ListTotals totals;
  ListVersion version;
  // Why it was not loaded: "list.txt: is a directory; it must be a regular file of info_hashes".
  std::string reason;
  // Why the file may have been half written, as in "it was written just now"; otherwise empty.
  std::string_view unsettled;
};

// `now` is the time of the call. Once is_cancelled() returns true it stops soon, with the outcome
// refused. Throws std::bad_alloc if memory does not suffice for the list.
[[nodiscard]] ListReading read_list_file(const std::string& path, WallTime now,
                                         const SecretHash& hash, FunctionRef<bool()> is_cancelled);

}  // namespace ot
