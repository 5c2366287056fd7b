#include "swarm/peer_handout.h"

#include "swarm/peers/peer_choice.h"
#include "swarm/peers/peer_sample.h"

namespace ot {
namespace {

template <typename Peer>
PartCounts others(const PeerList<Peer>& list, std::optional<PeerPosition> asker) {
  PartCounts counts{list.leechers(), list.seeders()};
  if (asker) --(list.is_seeder(*asker) ? counts.seeders : counts.leechers);
  return counts;
}

PeerRoom room_of(PeerBuffers out) {
  return {out.v4.size() / kCompactPeer4, out.v6.size() / kCompactPeer6};
}

// Most replies have no peers of one kind, or of one family.
template <typename Peer>
size_t take_peers(const PeerList<Peer>& list, PartCounts wanted, std::optional<PeerPosition> asker,
                  Random& random, PeerCopies& copies, uint8_t* out) {
  uint8_t* end = out;
  if (wanted.leechers != 0)
    end = sample_part(list, false, wanted.leechers, asker, random, copies, end);
  if (wanted.seeders != 0)
    end = sample_part(list, true, wanted.seeders, asker, random, copies, end);
  return static_cast<size_t>(end - out);
}

}  // namespace

HandoutBytes hand_out(const TorrentPeers& peers, const AnnounceRequest& request, size_t numwant,
                      std::optional<PeerPosition> asker, PeerBuffers out, PeerCopies& copies,
                      Random& random) {
  const bool is_v4 = request.peer.address.is_v4();
  const auto asker4 = is_v4 ? asker : std::nullopt;
  const auto asker6 = is_v4 ? std::nullopt : asker;
  const FamilyCounts wanted = choose_peers({others(peers.v4, asker4), others(peers.v6, asker6)},
                                           numwant, room_of(out), request.seeding, random);
  return {take_peers(peers.v4, wanted.v4, asker4, random, copies, out.v4.data()),
          take_peers(peers.v6, wanted.v6, asker6, random, copies, out.v6.data())};
}

}  // namespace ot
