// The walks over the whole table that statistics need, each a loop of short copies.
//
// A step locks one shard for at most kStep slots; what is copied is looked at without a lock.
// Memory is bounded, whatever the table holds. Thread: the worker's; announces go on beside it.
#pragma once

#include "census/findings.h"
#include "net/worker.h"
#include "swarm/torrent_table.h"

namespace ot {

// Slots copied under one lock: some tens of microseconds.
inline constexpr size_t kWalkStep = 1024;

// Walks for what the kind says; fails if the watch says to give up.
[[nodiscard]] JobResult walk_table(WalkKind kind, TorrentTable& table, const JobWatch& watch,
                                   WalkFindings& findings);

}  // namespace ot
