#include "tracker/tracker.h"

namespace ot {

std::optional<AnnounceReply> Tracker::announce(const AnnounceRequest& request, Target target,
                                               size_t numwant, MonotonicTime now, PeerBuffers out) {
  finish();
  prefetch(request, target);
  if (refuses(request, target)) return std::nullopt;
  return reply_to(request,
                  table_.announce(request, target.place, numwant, minute_of(now), out, random_));
}

std::optional<AnnounceReply> Tracker::announce_ahead(const AnnounceRequest& request,
                                                     const Target& target, MonotonicTime now,
                                                     PeerBuffers out) {
  if (refuses(request, target)) return std::nullopt;
  return reply_to(request, writer_.announce_ahead(request, target.place, numwant(request),
                                                  minute_of(now), out, random_));
}

std::optional<AnnounceReply> Tracker::reply_to(const AnnounceRequest& request,
                                               const AnnounceOutcome& outcome) {
  observer_.on_announce(request, outcome);
  const auto half = static_cast<uint32_t>(policy_.interval_jitter.count() / 2);
  const auto interval = policy_.interval - std::chrono::seconds(half) +
                        std::chrono::seconds(random_.below(2 * half + 1));
  return AnnounceReply{outcome.swarm, outcome.v4_bytes, outcome.v6_bytes, interval,
                       policy_.min_interval};
}

}  // namespace ot
