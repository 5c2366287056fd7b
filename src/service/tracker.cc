#include "service/tracker.h"

namespace ot {

AnnounceReply Tracker::announce(const AnnounceRequest& request, TorrentTable::Place place,
                                MonotonicTime now, PeerBuffers out) {
  const AnnounceOutcome outcome =
      table_.announce(request, place, numwant(request), minute_of(now), out, random_);
  statistics_.record(outcome);
  return {outcome.swarm, outcome.v4_bytes, outcome.v6_bytes, next_interval(), policy_.min_interval};
}

std::chrono::seconds Tracker::next_interval() {
  const auto jitter = static_cast<uint32_t>(policy_.interval_jitter.count());
  return policy_.interval - policy_.interval_jitter / 2 +
         std::chrono::seconds(random_.below(jitter + 1));
}

}  // namespace ot
