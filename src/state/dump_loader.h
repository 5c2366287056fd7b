// Reads a state dump from a file into the table.
//
// The file is read in pieces and judged line by line, strictly; memory does not grow with it. A
// line that is none ends the load with `path:line: reason`, or is left out and counted. What a line
// says is not taken if the torrent was silent for longer than the table keeps one, if the access
// list refuses it, or if there is no memory for it. The minutes of a dump are wall time, those of
// the table are not: what counts is how long ago the last announce was, and one in the future was
// just now. Thread: whichever owns the access list, before anything is served.
#pragma once

#include <string>
#include <vector>

#include "access/access_control.h"
#include "base/clock.h"
#include "protocol/state_dump.h"
#include "swarm/torrent_table.h"

namespace ot {

enum class BadLines : uint8_t { refused, skipped };

struct BadStateLine {
  uint64_t number = 0;  // from 1
  StateLineFault fault{};

  // "dump.txt:3: the line is empty"
  [[nodiscard]] std::string message(const std::string& path) const;
};

struct StateDumpTally {
  static constexpr size_t kReported = 5;

  uint64_t lines = 0;
  // In the table now: put in or, if it was there already, joined with what was. Of them those that
  // claimed an announce in the future.
  uint64_t torrents = 0;
  uint64_t in_future = 0;
  // Left out: silent for too long, refused by the access list, no memory, faulty.
  uint64_t too_old = 0;
  uint64_t not_listed = 0;
  uint64_t no_memory = 0;
  uint64_t skipped = 0;
  std::vector<BadStateLine> first_skipped;  // at most kReported
};

// An error says what is wrong with the file or with its first bad line; what came before that line
// is in the table then.
[[nodiscard]] Result<StateDumpTally, std::string> load_state_dump(const std::string& path,
                                                                  BadLines bad_lines,
                                                                  TorrentTable& table,
                                                                  const AccessControl& access,
                                                                  const Clock& clock);

}  // namespace ot
