#include "tracker/statistics.h"

#include <algorithm>

namespace ot {

void Statistics::record(const AnnounceOutcome& outcome) {
  if (outcome.completed) completed_.add(1);
  if (outcome.change == PeerChange::refused) not_stored_.add(1);
  if (outcome.change != PeerChange::renewed) return;
  renewed_[std::min<size_t>(outcome.minutes_silent, kRenewRows - 1)].add(1);
}

}  // namespace ot
