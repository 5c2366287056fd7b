// Reads an access list from a file into an AccessList, on the worker's thread.
//
// Refused, with the path and the reason: a file that is missing or cannot be read, a directory or
// anything else that is no regular file, more than kMaxListFile, no byte at all, and lines of which
// not one is valid. A file of comments only is a valid, empty list. A half list is never promised
// away for files written in place, but caught where it shows: if size or modification time change
// during the read, or the file was written less than kSettleTime ago, the outcome is read_again.
#pragma once

#include <chrono>
#include <string>

#include "access/access_list.h"
#include "access/list_text.h"
#include "base/clock.h"
#include "base/function_ref.h"

namespace ot {

inline constexpr uint64_t kMaxListFile = uint64_t{1} << 30U;
// Younger files are read again after this long.
inline constexpr std::chrono::seconds kSettleTime{2};

enum class ListOutcome : uint8_t {
  loaded,      // `list` is what the file says
  read_again,  // not settled: wait kSettleTime; `list` is what could be seen, for a first look
  refused      // the list before stays in force
};

struct ListReading {
  ListOutcome outcome = ListOutcome::refused;
  AccessList list;
  ListTally tally;
  // Unless loaded, why: "list.txt: Is a directory; a file of info_hashes is needed".
  std::string reason;
};

// `now` is the time of the call. Stops soon, refused, once is_cancelled() says so. Throws
// std::bad_alloc if there is no room for the list.
[[nodiscard]] ListReading read_list_file(const std::string& path, WallTime now,
                                         const SecretHash& hash, FunctionRef<bool()> is_cancelled);

}  // namespace ot
