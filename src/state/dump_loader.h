// Reads a state dump, the text that mode=statedump serves, into the table.
//
// The file is read in pieces and each line is checked strictly; memory use does not depend on its
// size. A bad line either ends the load with `path:line: reason` or is skipped and counted. A
// torrent is left out if its last announce is longer ago than the table keeps torrents, if the
// access list refuses it, or if there is no memory for it. A dump has minutes of wall-clock time
// and the table does not, so only the time since the last announce is taken over; an announce in
// the future counts as one just now. Thread: the one that owns the access list, before the first
// reply.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "access/access_control.h"
#include "base/clock.h"
#include "base/log.h"
#include "protocol/state_dump.h"
#include "swarm/torrent_table.h"

namespace ot {

enum class BadLines : uint8_t { refused, skipped };

struct StateDumpOptions {
  std::string path;  // relative to the working directory; empty if there is no dump to load
  BadLines bad_lines = BadLines::refused;
  std::chrono::minutes torrent_timeout{};  // of the table, for the log
};

struct BadDumpLine {
  uint64_t number = 0;  // counted from 1
  StateLineFault fault{};

  // "dump.txt:3: the line is empty"
  [[nodiscard]] std::string message(const std::string& path) const;
};

// The outcome of loading a state dump.
struct StateDumpLoad {
  static constexpr size_t kReported = 5;

  uint64_t lines = 0;
  // In the table now, whether they are new or were merged with a torrent that was there already.
  uint64_t torrents = 0;
  uint64_t in_future = 0;  // among them, those whose last announce was in the future
  // Left out.
  uint64_t too_old = 0;
  uint64_t not_listed = 0;
  uint64_t no_memory = 0;
  uint64_t skipped = 0;                    // bad lines
  std::vector<BadDumpLine> first_skipped;  // at most kReported
};

// Loads the dump, if one is configured, and logs the outcome and the first skipped lines. Must run
// after chroot(2) and with the access list in force. The error names what is wrong with the file or
// with its first bad line; torrents from the lines before that one are in the table then.
[[nodiscard]] Result<StateDumpLoad, std::string> load_state_dump(const StateDumpOptions& options,
                                                                 TorrentTable& table,
                                                                 const AccessControl& access,
                                                                 const Clock& clock, Log& log);

// The first line of the dump that load_state_dump() would refuse, if any. Needs no table. The error
// says why the file cannot be read.
[[nodiscard]] Result<std::optional<BadDumpLine>, std::string> first_bad_line(
    const std::string& path);

// For the log: "2 torrents loaded in 15 ms; left out: 1 not announced for more than 1d"
[[nodiscard]] std::string dump_load_text(const StateDumpLoad& load, Duration took,
                                         std::chrono::minutes torrent_timeout);

}  // namespace ot
