// What the tracker takes in from a file before its first answer, and what the log says of it.
#pragma once

#include <string>

#include "access/access_control.h"
#include "app/start_error.h"
#include "base/log.h"
#include "config/settings.h"
#include "service/state_dump_loader.h"
#include "swarm/torrent_table.h"

namespace ot {

// Loads the state dump that is configured, if one is. Below the chroot, when the access list is in
// force. An error of the configuration says what is wrong with the file.
[[nodiscard]] Result<void, StartError> load_state_dump(const TrackerSettings& settings,
                                                       TorrentTable& table,
                                                       const AccessControl& access,
                                                       const Clock& clock, Log& log);

// "2 torrents loaded in 15 ms; left out: 1 without an announce for longer than 1d"
[[nodiscard]] std::string describe(const StateDumpTally& tally, Duration took,
                                   const TrackerSettings& settings);

}  // namespace ot
