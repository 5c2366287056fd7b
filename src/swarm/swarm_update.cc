#include "swarm/swarm_update.h"

namespace ot {
namespace {

// Notes a completion the first time a peer claims it with nothing left to download.
bool complete(const AnnounceRequest& request, uint8_t& flags) {
  if (request.event != AnnounceEvent::completed || !request.seeding) return false;
  if ((flags & kPeerCompleted) != 0) return false;
  flags |= kPeerCompleted;
  return true;
}

template <typename Peer>
std::optional<PeerPosition> add(const AnnounceRequest& request, Peer peer, PeerList<Peer>& list,
                                const SwarmContext& context, AnnounceOutcome& outcome) {
  const bool completed = complete(request, peer.flags);
  const auto position = list.insert(peer, counts_as_seeder(request), context);
  outcome.change = position ? PeerChange::added : PeerChange::refused;
  outcome.completed = position && completed;
  return position;
}

template <typename Peer>
PeerPosition renew(const AnnounceRequest& request, Minute now, PeerPosition position,
                   PeerList<Peer>& list, AnnounceOutcome& outcome) {
  Peer& peer = list.at(position);
  outcome.change = PeerChange::renewed;
  outcome.minutes_silent = static_cast<uint8_t>(age_of(peer.minute, now));
  peer.minute = static_cast<uint8_t>(now);
  const bool seeding = counts_as_seeder(request);
  peer.flags = static_cast<uint8_t>((peer.flags & ~kPeerSeeding) | (seeding ? kPeerSeeding : 0));
  outcome.completed = complete(request, peer.flags);
  return list.set_seeding(position, seeding);
}

template <typename Peer>
std::optional<PeerPosition> update_list(const AnnounceRequest& request, Minute now, bool may_add,
                                        PeerList<Peer>& list, const SwarmContext& context,
                                        AnnounceOutcome& outcome) {
  const uint8_t flags = counts_as_seeder(request) ? kPeerSeeding : 0;
  const Peer key = make_peer<Peer>(request.peer, flags, now);
  const auto position = list.find(key, context);
  if (request.event == AnnounceEvent::stopped) {
    outcome.change = position ? PeerChange::removed : PeerChange::unknown;
    if (position) list.remove(*position, context);
    return std::nullopt;
  }
  if (position) return renew(request, now, *position, list, outcome);
  if (may_add) return add(request, key, list, context, outcome);
  outcome.change = PeerChange::refused;
  return std::nullopt;
}

}  // namespace

std::optional<PeerPosition> update_swarm(const AnnounceRequest& request, Minute now, bool may_add,
                                         TorrentPeers& peers, const SwarmContext& context,
                                         AnnounceOutcome& outcome) {
  if (request.peer.address.is_v4())
    return update_list(request, now, may_add, peers.v4, context, outcome);
  // The first IPv6 peer needs the room of the inline IPv4 ones.
  const bool moves_out = peers.v4.is_borrowed() && request.event != AnnounceEvent::stopped;
  if (moves_out && may_add && !peers.v4.unborrow(context.memory)) may_add = false;
  return update_list(request, now, may_add, peers.v6, context, outcome);
}

}  // namespace ot
