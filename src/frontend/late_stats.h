// The reply to a statistics request that needs a walk over the table: it asks the census when it
// begins, and sends the page when the findings are there. The connection waits meanwhile, the loop
// does not. Thread: the loop's.
#pragma once

#include <functional>

#include "census/census.h"
#include "dump/requester.h"
#include "net/stream.h"
#include "protocol/http_reply.h"
#include "stats/modes.h"
#include "tracker/statistics.h"

namespace ot {

// Returns the numbers of this moment.
using TakeSnapshot = std::function<StatsSnapshot()>;

// What the head of its page says: scripts of web pages may read sums, and nothing that shows names.
[[nodiscard]] inline Content content_of(const StatsQuestion& question) {
  return {question.content_type(), question.mode->shows == Shows::sums};
}

class LateStats final : public LateReply {
 public:
  // For a question whose mode has a walk. The references outlive the walk.
  LateStats(Census& census, Statistics& statistics, const TakeSnapshot& take_snapshot,
            const Requester& requester, const StatsQuestion& question)
      : census_(census),
        statistics_(statistics),
        take_snapshot_(take_snapshot),
        requester_(requester),
        question_(question) {
    assert(question.mode->walk);
  }

  // The reply is 200 with the page, 503 if too many wait for the walk, or 500 if the walk ran out
  // of memory.
  void begin(ReplyPort& port, ConnectionToken to) override;

 private:
  Census& census_;
  Statistics& statistics_;
  const TakeSnapshot& take_snapshot_;
  const Requester requester_;
  const StatsQuestion question_;
};

}  // namespace ot
