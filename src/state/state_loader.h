// Brings the peers of a state file back into the table.
//
// A file is read twice: first to see that all of it is as it was written, then to restore it, so
// that a damaged one changes nothing. Ages go on across the time the tracker was away, by the wall
// clock; if that was set back meanwhile, no time has passed. Memory is bounded, whatever the file
// says. Thread: that of the start, before the first answer.
#pragma once

#include <string>

#include "base/function_ref.h"
#include "bittorrent/info_hash.h"
#include "state/state_format.h"
#include "swarm/torrent_table.h"

namespace ot {

struct StateLoad {
  StateTotals stored;        // what is in the table now
  uint64_t too_old = 0;      // peers
  uint64_t no_room = 0;      // peers
  uint64_t not_allowed = 0;  // torrents
  Duration written_ago{0};
  uint64_t records = 0;  // in the file: torrents, or parts of them

  // There was something, and its age is why nothing of it is in the table.
  [[nodiscard]] bool is_all_too_old() const {
    return stored == StateTotals{} && no_room == 0 && records > not_allowed;
  }
};

struct StateLoadFault {
  bool is_missing = false;
  bool is_damage = false;  // of a file that is ours
  std::string message;     // "state/peers, at byte 4711: the file is cut short"
};

// Asked for each torrent: whether it is served.
using PermitsTorrent = FunctionRef<bool(const InfoHash&)>;

[[nodiscard]] Result<StateLoad, StateLoadFault> load_state(const std::string& path,
                                                           TorrentTable& table, const Clock& clock,
                                                           PermitsTorrent permits);

// The same from any bytes, without looking at them twice: what a fault in them leaves half done
// stays so. `swarms` is called for each block, with its time.
using UseSwarms = FunctionRef<void(const SwarmCopy&, WallTime)>;
[[nodiscard]] Result<WallTime, StateFault> read_state(StateReader::Read read, UseSwarms use);

}  // namespace ot
