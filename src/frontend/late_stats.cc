#include "frontend/late_stats.h"

#include <chrono>

#include "frontend/page.h"

namespace ot {
namespace {

// About as long as a walk takes.
constexpr std::chrono::seconds kRetryAfter{2};

}  // namespace

void LateStats::begin(ReplyPort& port, ConnectionToken to) {
  const Requester requester = requester_.at(port, to);
  const auto deliver = [requester, question = question_, &statistics = statistics_,
                        &take_snapshot = take_snapshot_](const WalkFindings* findings) {
    if (findings == nullptr) {
      return send_refusal(requester, statistics,
                          {{.status = HttpStatus::internal_error}, HttpError::internal_error});
    }
    StatsSnapshot snapshot = take_snapshot();
    snapshot.walk = findings;
    send_page(requester, question.print(snapshot), content_of(question));
  };
  if (census_.ask(*question_.mode->walk, deliver)) return;
  send_refusal(
      requester, statistics_,
      {{.status = HttpStatus::unavailable, .retry_after = kRetryAfter}, HttpError::internal_error});
}

}  // namespace ot
