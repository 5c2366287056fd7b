// What the tracker takes in from a file before its first answer, and what the log says of it.
#pragma once

#include <string>

#include "access/access_control.h"
#include "base/log.h"
#include "state/dump_loader.h"
#include "swarm/torrent_table.h"

namespace ot {

struct StateDumpOptions {
  std::string path;  // relative to the working directory; empty: there is no dump to load
  BadLines bad_lines = BadLines::refused;
  std::chrono::minutes torrent_timeout{};  // the table's, for the log
};

// Loads the state dump that is configured, if one is: inside the chroot, when the access list is in
// force. The error says what is wrong with the file.
[[nodiscard]] Result<void, std::string> load_dump_at_start(const StateDumpOptions& options,
                                                           TorrentTable& table,
                                                           const AccessControl& access,
                                                           const Clock& clock, Log& log);

// "2 torrents loaded in 15 ms; left out: 1 without an announce for longer than 1d"
[[nodiscard]] std::string describe(const StateDumpTally& tally, Duration took,
                                   std::chrono::minutes torrent_timeout);

}  // namespace ot
