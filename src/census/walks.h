// Hands walks over the table to the worker and their findings to whoever asked.
//
// While a walk of a kind waits or runs, everybody who asks for that kind gets the findings of this
// one, so that however many ask, there is never more than one of a kind. Who asked holds a ticket;
// when that goes, its delivery is not called, and nobody else notices. Some kinds are open to
// strangers, so between two walks of a kind there is a pause, and who asks too often waits longer
// instead of keeping the worker from what else it has to do. Thread: that of the loop. Table,
// worker and loop outlive it.
#pragma once

#include <array>
#include <functional>
#include <memory>
#include <optional>
#include <vector>

#include "census/findings.h"
#include "net/worker.h"
#include "swarm/torrent_table.h"

namespace ot {

class StatsWalks {
 public:
  // Null: the walk failed, for want of memory. What it points at lives as long as the call.
  using Deliver = std::function<void(const WalkFindings* findings)>;
  // Whoever holds it wants the delivery.
  using Ticket = std::shared_ptr<const Deliver>;

  // For one walk.
  static constexpr size_t kMaxAskers = 256;
  // From the end of a walk to the beginning of the next of its kind.
  static constexpr Duration kPause = std::chrono::milliseconds(100);

  StatsWalks(EventLoop& loop, Worker& worker, TorrentTable& table);
  StatsWalks(const StatsWalks&) = delete;
  StatsWalks& operator=(const StatsWalks&) = delete;

  // Calls `deliver` from a later pass of the loop. Null, and nothing will be called, if too many
  // ask for it already.
  [[nodiscard]] Ticket ask(WalkKind kind, Deliver deliver);

 private:
  class WalkJob;
  struct Walk {
    std::optional<JobTicket> job;  // while it waits or runs
    std::vector<std::weak_ptr<const Deliver>> askers;
    MonotonicTime not_before{};
    std::optional<Timer> pause;  // always there
  };

  void begin(WalkKind kind);
  void finish(WalkKind kind, const WalkFindings* findings);

  EventLoop& loop_;
  Worker& worker_;
  TorrentTable& table_;
  std::array<Walk, kWalkKinds> walks_;
};

}  // namespace ot
