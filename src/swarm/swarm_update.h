// What one announce does to the peers of one torrent: adds, renews, completes or removes its own.
// Under the shard's lock.
#pragma once

#include <optional>

#include "swarm/slots/torrent.h"

namespace ot {

// A paused peer counts as a leecher (BEP 21: a partial seed wants no more pieces, but does not have
// them all).
[[nodiscard]] inline bool counts_as_seeder(const AnnounceRequest& request) {
  return request.seeding && request.event != AnnounceEvent::paused;
}

// A peer that is not there is added only if `may_add`. Fills in what the outcome says of the peer
// (change, completed, minutes_silent), and returns where it stands now in the list of its family;
// nothing if it is not there.
[[nodiscard]] std::optional<PeerPosition> update_swarm(const AnnounceRequest& request, Minute now,
                                                       bool may_add, TorrentPeers& peers,
                                                       const SwarmContext& context,
                                                       AnnounceOutcome& outcome);

}  // namespace ot
