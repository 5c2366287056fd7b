// Walks over the whole table, shared by everyone who asks for what they find.
//
// The worker does the walking, one walk of a kind at a time: requests for a kind that waits or runs
// already share the findings of that walk. Strangers may ask for some kinds, so there is a pause
// between two walks of a kind; asking often means waiting longer, and never keeps the worker from
// its other jobs. The findings of the last recount are kept for pages that must not wait. Thread:
// the loop's. Loop, worker and table outlive it.
#pragma once

#include <array>
#include <functional>
#include <optional>
#include <vector>

#include "census/findings.h"
#include "net/worker.h"
#include "swarm/torrent_table.h"

namespace ot {

class Census {
 public:
  // Gets the findings, which live as long as the call; null if the walk ran out of memory.
  using Deliver = std::function<void(const WalkFindings* findings)>;

  // The most clients that can wait for one walk.
  static constexpr size_t kMaxAskers = 256;
  // From the end of a walk to the start of the next of its kind.
  static constexpr Duration kPause = std::chrono::milliseconds(100);
  // A recount younger than this is not repeated for last_recount().
  static constexpr Duration kFresh = std::chrono::seconds(30);
  // An older one is no longer shown.
  static constexpr Duration kStale = std::chrono::minutes(5);

  Census(EventLoop& loop, Worker& worker, TorrentTable& table);
  Census(const Census&) = delete;
  Census& operator=(const Census&) = delete;

  // Calls `deliver` once, in a later pass of the loop, unless the census goes first. False if
  // kMaxAskers wait already; `deliver` is dropped then.
  [[nodiscard]] bool ask(WalkKind kind, Deliver deliver);

  // What the last recount found, unless it is stale; if it is not fresh, another one begins. So a
  // tracker nobody watches is never walked, and the first caller after a long pause gets nothing.
  // Valid until the loop's next pass.
  [[nodiscard]] std::optional<Recount> last_recount();

 private:
  class WalkJob;

  // The walks of one kind: none, one that waits for the pause to end, or one at the worker.
  struct Walk {
    Walk(Census& census, WalkKind kind);

    std::optional<JobTicket> job;  // while it is at the worker
    Timer pause;                   // armed while it waits
    MonotonicTime not_before{};
    std::vector<Deliver> askers;
  };

  [[nodiscard]] Walk& walk_of(WalkKind kind) { return walks_[static_cast<size_t>(kind)]; }
  void begin(WalkKind kind);

  EventLoop& loop_;
  Worker& worker_;
  TorrentTable& table_;
  std::array<Walk, kWalkKinds> walks_;
  WalkFindings recount_;                    // the last one
  std::optional<MonotonicTime> recounted_;  // when it ended
};

}  // namespace ot
