// What one announce does to the peers of one torrent: add, renew, complete, remove. Under the
// shard's lock.
#pragma once

#include <optional>

#include "swarm/slots/torrent.h"

namespace ot {

struct SwarmUpdate {
  PeerChange change = PeerChange::unknown;
  // This announce completed a download that had not been counted.
  bool completed = false;
  // Renewed: minutes since the peer was last heard of.
  uint8_t minutes_silent = 0;
  // Where the asker now stands in the list of its family.
  std::optional<PeerPosition> asker;
};

// A peer that is not there is added only if `may_add`.
[[nodiscard]] SwarmUpdate update_swarm(const AnnounceRequest& request, Minute now, bool may_add,
                                       TorrentPeers& peers, const SwarmContext& context);

}  // namespace ot
