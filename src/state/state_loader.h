// Reads a state file and puts its peers back into the table.
//
// A file is read twice, first to check all of it and then to restore it, so a damaged one changes
// nothing. The time the tracker was down counts towards the peers' ages, by the wall clock; if that
// was set back in the meantime, no time is taken to have passed. Memory use is bounded, whatever
// the file contains. Thread: the one that starts the tracker, before the first reply.
#pragma once

#include <string>

#include "base/function_ref.h"
#include "bittorrent/info_hash.h"
#include "state/state_format.h"
#include "swarm/torrent_table.h"

namespace ot {

// The outcome of loading a state file.
struct StateLoad {
  StateTotals stored;        // in the table now
  uint64_t too_old = 0;      // peers
  uint64_t no_room = 0;      // peers
  uint64_t unusable = 0;     // peers with an address or port that no peer can have
  uint64_t not_allowed = 0;  // torrents
  Duration written_ago{0};
  uint64_t records = 0;  // torrents in the file, or parts of them

  // The file had contents, and none of it was restored because all of it was too old.
  [[nodiscard]] bool is_all_too_old() const {
    return stored == StateTotals{} && no_room == 0 && unusable == 0 && records > not_allowed;
  }
};

struct StateLoadFault {
  bool is_missing = false;
  bool is_damage = false;  // one of our files, damaged
  std::string message;     // "state/peers, at byte 4711: the file is cut short"
};

// Returns whether the tracker serves a torrent. Called for each torrent of a file.
using PermitsTorrent = FunctionRef<bool(const InfoHash&)>;

[[nodiscard]] Result<StateLoad, StateLoadFault> load_state(const std::string& path,
                                                           TorrentTable& table, const Clock& clock,
                                                           PermitsTorrent permits);

// Reads a state file from any source, once: `use` is called for each block, with the block's time,
// until the end or the first fault. Returns when the file was finished.
using UseSwarms = FunctionRef<void(const SwarmCopy&, WallTime)>;
[[nodiscard]] Result<WallTime, StateFault> read_state(StateReader::Read read, UseSwarms use);

// For the log: "2000000 peers of 1000000 torrents"
[[nodiscard]] std::string totals_text(const StateTotals& totals);
// "2000000 peers of 1000000 torrents loaded in 0.72 s, written 12 s ago; 5 peers were too old"
[[nodiscard]] std::string state_load_text(const StateLoad& load, Duration took);

}  // namespace ot
