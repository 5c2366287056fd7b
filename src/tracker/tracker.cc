#include "tracker/tracker.h"

#include "base/features.h"
#include "traffic/traffic_log.h"

namespace ot {

std::optional<AnnounceReply> Tracker::announce(const AnnounceRequest& request, const Target& target,
                                               MonotonicTime now, PeerBuffers out) {
  finish();
  if (refuses(request, target)) return std::nullopt;
  return reply_to(request, table_.announce(request, target.place, numwant(request), minute_of(now),
                                           out, random_));
}

std::optional<AnnounceReply> Tracker::announce_ahead(const AnnounceRequest& request,
                                                     const Target& target, MonotonicTime now,
                                                     PeerBuffers out) {
  if (refuses(request, target)) return std::nullopt;
  return reply_to(request, table_.announce_ahead(request, target.place, numwant(request),
                                                 minute_of(now), out, handouts_, random_));
}

AnnounceReply Tracker::reply_to(const AnnounceRequest& request, const AnnounceOutcome& outcome) {
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
