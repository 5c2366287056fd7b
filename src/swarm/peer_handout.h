// The peers an announce is told of: chosen (peer_choice), sampled (peer_sample) and written in
// compact form, leechers before seeders. Under the shard's lock.
//
// A choice is a function of the swarm and of the random numbers, so it can be foreseen: with a copy
// of the generator the same lines are asked for some time before they are read. That hides the
// wait for peers that lie scattered over a large swarm.
#pragma once

#include <optional>

#include "base/random.h"
#include "swarm/torrent.h"

namespace ot {

// Bytes written to PeerBuffers.
struct HandoutBytes {
  size_t v4 = 0;
  size_t v6 = 0;
};

// Up to `numwant` peers other than the asker, of the families for which `out` has room.
[[nodiscard]] HandoutBytes hand_out(const TorrentPeers& peers, const AnnounceRequest& request,
                                    size_t numwant, std::optional<PeerPosition> asker,
                                    PeerBuffers out, Random& random);

// Asks the processor for the peers that hand_out() will read with such a generator, if the asker is
// there already. Only for large swarms: a small one is read as a whole when the asker is looked
// for.
void prefetch_handout(const TorrentPeers& peers, const AnnounceRequest& request, size_t numwant,
                      PeerBuffers out, Random random);

}  // namespace ot
