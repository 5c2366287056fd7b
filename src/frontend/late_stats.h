// Statistics that need a walk over the table: asked for now, replied when the worker is through.
//
// The connection waits meanwhile, the loop does not. A client that leaves takes nothing from the
// others. Thread: that of the loop.
#pragma once

#include <cstdint>
#include <functional>
#include <unordered_map>

#include "census/census.h"
#include "net/stream.h"
#include "protocol/http_message.h"
#include "protocol/http_reply.h"
#include "stats/modes.h"
#include "tracker/statistics.h"

namespace ot {

// Who asked.
struct StatsReader {
  ReplyPort* port = nullptr;
  ConnectionToken to;
  Persistence persistence = Persistence::close;
  Family family = Family::v4;  // to count a refusal
};

class LateStats {
 public:
  using TakeSnapshot = std::function<StatsSnapshot()>;

  // `census` and `statistics` outlive this.
  LateStats(Census& census, Statistics& statistics, TakeSnapshot take_snapshot)
      : census_(census), statistics_(statistics), take_snapshot_(std::move(take_snapshot)) {}
  LateStats(const LateStats&) = delete;
  LateStats& operator=(const LateStats&) = delete;

  // Owes the reader the reply to a question whose mode has a walk: 200 with the page; 503 if too
  // many wait already, 500 if the walk found no memory, and then the connection is closed.
  void reply(const StatsReader& reader, const StatsQuestion& question);

  // Replies that are owed.
  [[nodiscard]] size_t owed() const { return owed_.size(); }

 private:
  struct Debt {
    StatsReader reader;
    StatsQuestion question;
  };

  void refuse(const StatsReader& reader, const ErrorPage& page);
  void deliver(uint64_t number, const WalkFindings* findings);

  Census& census_;
  Statistics& statistics_;
  const TakeSnapshot take_snapshot_;
  uint64_t next_ = 0;
  std::unordered_map<uint64_t, Debt> owed_;
};

}  // namespace ot
