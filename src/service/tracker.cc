#include "service/tracker.h"

#include "base/features.h"
#include "service/traffic_log.h"

namespace ot {

std::optional<AnnounceReply> Tracker::announce(const AnnounceRequest& request, const Target& target,
                                               MonotonicTime now, PeerBuffers out) {
  const TorrentTable::Place place = target.place;
  if (!target.is_permitted && !access_.permits(request.info_hash, place.hash)) return std::nullopt;
  const AnnounceOutcome outcome =
      table_.announce(request, place, numwant(request), minute_of(now), out, random_);
  statistics_.record(outcome);
  if constexpr (features::kAnnounceLog) {
    if (TrafficLog* traffic = statistics_.traffic()) traffic->record_announce(request, outcome);
  }
  return AnnounceReply{outcome.swarm, outcome.v4_bytes, outcome.v6_bytes, next_interval(),
                       policy_.min_interval};
}

std::chrono::seconds Tracker::next_interval() {
  const auto half = static_cast<uint32_t>(policy_.interval_jitter.count() / 2);
  return policy_.interval - std::chrono::seconds(half) +
         std::chrono::seconds(random_.below(2 * half + 1));
}

}  // namespace ot
