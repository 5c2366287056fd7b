// Statistics that need a walk over the table: asked for now, replied when the worker is through.
//
// The connection waits meanwhile, the loop does not. A client that leaves takes nothing from the
// others. Thread: that of the loop.
#pragma once

#include <cstdint>
#include <functional>
#include <unordered_map>

#include "net/stream.h"
#include "protocol/http_message.h"
#include "service/stats_modes.h"
#include "service/stats_walks.h"

namespace ot {

class LateStats {
 public:
  using TakeSnapshot = std::function<StatsSnapshot()>;

  // `walks` outlives this.
  LateStats(StatsWalks& walks, TakeSnapshot take_snapshot)
      : walks_(walks), take_snapshot_(std::move(take_snapshot)) {}
  LateStats(const LateStats&) = delete;
  LateStats& operator=(const LateStats&) = delete;

  // Owes `to` the reply to a question whose mode has a walk: 200 with the page; 503 if too many
  // wait already, 500 if the walk found no memory, and then the connection is closed.
  void reply(ReplyPort& port, ConnectionToken to, const StatsQuestion& question,
             Persistence persistence);

  // Replies that are owed.
  [[nodiscard]] size_t owed() const { return owed_.size(); }

 private:
  struct Debt {
    ReplyPort& port;
    ConnectionToken to;
    StatsQuestion question;
    Persistence persistence;
    StatsWalks::Ticket ticket;
  };

  void deliver(uint64_t number, const WalkFindings* findings);

  StatsWalks& walks_;
  const TakeSnapshot take_snapshot_;
  uint64_t next_ = 0;
  std::unordered_map<uint64_t, Debt> owed_;
};

}  // namespace ot
