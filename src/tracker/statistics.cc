#include "tracker/statistics.h"

#include <algorithm>

#include "base/features.h"
#include "traffic/traffic_log.h"

namespace ot {

void Statistics::record(const AnnounceOutcome& outcome) {
  if (outcome.completed) completed_.add(1);
  if (outcome.change == PeerChange::refused) not_stored_.add(1);
  if (outcome.change == PeerChange::martian) martians_.add(1);
  if (outcome.change != PeerChange::renewed) return;
  renewed_[std::min<size_t>(outcome.minutes_silent, kRenewRows - 1)].add(1);
}

void Statistics::on_announce([[maybe_unused]] const AnnounceRequest& request,
                             const AnnounceOutcome& outcome) {
  record(outcome);
  if constexpr (features::kAnnounceLog) {
    if (traffic_ != nullptr) traffic_->record_announce(request, outcome);
  }
}

}  // namespace ot
