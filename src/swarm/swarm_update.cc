#include "swarm/swarm_update.h"

namespace ot {
namespace {

// A paused peer counts as a leecher (BEP 21: partial seeds want no pieces but are no seeds of the
// whole).
bool counts_as_seeder(const AnnounceRequest& request) {
  return request.seeding && request.event != AnnounceEvent::paused;
}

// Notes a completion the first time a peer claims it with nothing left to download.
bool complete(const AnnounceRequest& request, uint8_t& flags) {
  if (request.event != AnnounceEvent::completed || !request.seeding) return false;
  if ((flags & kPeerCompleted) != 0) return false;
  flags |= kPeerCompleted;
  return true;
}

template <typename Peer>
SwarmUpdate add(const AnnounceRequest& request, Peer peer, PeerList<Peer>& list,
                const SwarmContext& context) {
  SwarmUpdate update;
  update.completed = complete(request, peer.flags);
  update.asker = list.insert(peer, counts_as_seeder(request), context);
  if (!update.asker) return {.change = PeerChange::refused, .asker = {}};
  update.change = PeerChange::added;
  return update;
}

template <typename Peer>
SwarmUpdate renew(const AnnounceRequest& request, Minute now, PeerPosition position,
                  PeerList<Peer>& list) {
  SwarmUpdate update{.change = PeerChange::renewed, .asker = {}};
  Peer& peer = list.at(position);
  update.minutes_silent = static_cast<uint8_t>(age_of(peer.minute, now));
  peer.minute = static_cast<uint8_t>(now);
  const bool seeding = counts_as_seeder(request);
  peer.flags = static_cast<uint8_t>((peer.flags & ~kPeerSeeding) | (seeding ? kPeerSeeding : 0));
  update.completed = complete(request, peer.flags);
  update.asker = list.set_seeding(position, seeding);
  return update;
}

template <typename Peer>
SwarmUpdate update_list(const AnnounceRequest& request, Minute now, bool may_add,
                        PeerList<Peer>& list, const SwarmContext& context) {
  const uint8_t flags = counts_as_seeder(request) ? kPeerSeeding : 0;
  const Peer key = make_peer<Peer>(request.peer, flags, now);
  const auto position = list.find(key, context);
  if (request.event == AnnounceEvent::stopped) {
    if (!position) return {};
    list.remove(*position, context);
    return {.change = PeerChange::removed, .asker = {}};
  }
  if (position) return renew(request, now, *position, list);
  if (!may_add) return {.change = PeerChange::refused, .asker = {}};
  return add(request, key, list, context);
}

}  // namespace

SwarmUpdate update_swarm(const AnnounceRequest& request, Minute now, bool may_add,
                         TorrentPeers& peers, const SwarmContext& context) {
  if (request.peer.address.is_v4()) return update_list(request, now, may_add, peers.v4, context);
  // The first IPv6 peer needs the room of the inline IPv4 ones.
  const bool moves_out = peers.v4.is_borrowed() && request.event != AnnounceEvent::stopped;
  if (moves_out && may_add && !peers.v4.unborrow(context.memory)) may_add = false;
  return update_list(request, now, may_add, peers.v6, context);
}

}  // namespace ot
