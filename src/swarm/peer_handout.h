// The peers that a reply names: how many of each kind (peer_choice), which ones (peer_sample), and
// their copies in compact form (peer_copies), leechers before seeders. Under the shard's lock.
#pragma once

#include <optional>

#include "base/random.h"
#include "swarm/peers/peer_copies.h"
#include "swarm/slots/torrent.h"

namespace ot {

// How many bytes of PeerBuffers the peers take.
struct HandoutBytes {
  size_t v4 = 0;
  size_t v6 = 0;
};

// Chooses up to `numwant` peers other than the asker, of the families for which `out` has room.
// They are in `out` when `copies` has been written.
[[nodiscard]] HandoutBytes hand_out(const TorrentPeers& peers, const AnnounceRequest& request,
                                    size_t numwant, std::optional<PeerPosition> asker,
                                    PeerBuffers out, PeerCopies& copies, Random& random);

}  // namespace ot
