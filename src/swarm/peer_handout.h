// The peers an announce is told of: chosen (peer_choice) and sampled (peer_sample) under the
// shard's lock, and then copied in compact form (peer_copies), leechers before seeders.
#pragma once

#include <optional>

#include "base/random.h"
#include "swarm/peers/peer_copies.h"
#include "swarm/slots/torrent.h"

namespace ot {

// Bytes of PeerBuffers that are used.
struct HandoutBytes {
  size_t v4 = 0;
  size_t v6 = 0;
};

// Up to `numwant` peers other than the asker, of the families for which `out` has room. They are
// there when `copies` has been written.
[[nodiscard]] HandoutBytes hand_out(const TorrentPeers& peers, const AnnounceRequest& request,
                                    size_t numwant, std::optional<PeerPosition> asker,
                                    PeerBuffers out, PeerCopies& copies, Random& random);

}  // namespace ot
