// The walks over the whole table that statistics need, each a loop of short copies.
//
// A step locks one shard while it copies at most kWalkStep slots; the copies are evaluated without
// a lock. Memory is bounded, however large the table is. Thread: the worker's, while announces go
// on.
#pragma once

#include <algorithm>
#include <cassert>
#include <vector>

#include "census/findings.h"
#include "net/worker.h"
#include "swarm/torrent_table.h"

namespace ot {

// Slots copied under one lock, which takes some tens of microseconds.
inline constexpr size_t kWalkStep = 1024;

// Fills in the part of the findings that belongs to `kind`. Fails if the job is cancelled.
[[nodiscard]] JobResult walk_table(WalkKind kind, TorrentTable& table, const JobWatch& watch,
                                   WalkFindings& findings);

// Picks the torrents with the highest counts from a stream of all of them: a heap of as many as are
// wanted, the lowest on top. Not thread-safe.
class TopTorrents {
 public:
  // `wanted` > 0.
  explicit TopTorrents(size_t wanted) : wanted_(wanted) {
    assert(wanted > 0);
    ranked_.reserve(wanted);
  }

  // A torrent with a count of 0 is ignored.
  void offer(uint64_t count, const InfoHash& info_hash) {
    const RankedTorrent torrent{count, info_hash};
    const bool is_full = ranked_.size() == wanted_;
    if (count == 0 || (is_full && !precedes(torrent, ranked_.front()))) return;
    if (is_full) {
      std::pop_heap(ranked_.begin(), ranked_.end(), precedes);
      ranked_.pop_back();
    }
    ranked_.push_back(torrent);
    std::push_heap(ranked_.begin(), ranked_.end(), precedes);
  }

  // Returns them sorted, the highest count first, and keeps nothing.
  [[nodiscard]] std::vector<RankedTorrent> take() {
    std::sort_heap(ranked_.begin(), ranked_.end(), precedes);
    return std::move(ranked_);
  }

 private:
  [[nodiscard]] static bool precedes(const RankedTorrent& a, const RankedTorrent& b) {
    return a.count != b.count ? a.count > b.count : a.info_hash < b.info_hash;
  }

  const size_t wanted_;
  std::vector<RankedTorrent> ranked_;
};

}  // namespace ot
