#include "traffic/traffic_log.h"

#include "base/features.h"

namespace ot {

void TrafficLog::record_announce(const AnnounceRequest& request, const AnnounceOutcome& outcome) {
  if (numwants) numwants->add(request.numwant);
  if (woodpeckers && outcome.change == PeerChange::renewed &&
      outcome.minutes_silent < kWoodpeckerMinutes)
    woodpeckers->add(request.peer.address);
  if (completions != nullptr && outcome.completed)
    completions->info("completed " + to_hex(request.info_hash));
}

std::unique_ptr<TrafficLog> built_in_traffic_log(const Clock& clock, Log& log, Random random) {
  if constexpr (!features::kTrafficLog) return nullptr;
  auto traffic = std::make_unique<TrafficLog>();
  if constexpr (features::kLogNetworks) traffic->connections.emplace(random);
  if constexpr (features::kSpotWoodpecker) traffic->woodpeckers.emplace(random);
  if constexpr (features::kLogNumwant) traffic->numwants.emplace();
  if constexpr (features::kFullLogNetworks) traffic->requests.emplace(clock);
  if constexpr (features::kSyslog) traffic->completions = &log;
  return traffic;
}

}  // namespace ot
