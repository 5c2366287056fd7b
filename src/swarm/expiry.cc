#include "swarm/expiry.h"

#include <algorithm>

namespace ot {

void Expiry::step() {
  constexpr Duration kPerShard = kRound / TorrentTable::kShards;
  const MonotonicTime start = clock_.now();
  due_ = std::min(due_ + (start - last_), kRound);
  last_ = start;
  while (due_ >= kPerShard) {
    const uint32_t shard = cursor_.shard;
    const SweepResult result = table_.sweep(cursor_, minute_of(start), kBudget);
    counters_.peers += result.peers_expired;
    counters_.torrents += result.torrents_expired;
    if (cursor_.shard != shard) due_ -= kPerShard;
    if (cursor_.shard < shard) ++counters_.rounds;
    if (clock_.now() - start > kLongestStep) return;
  }
}

}  // namespace ot
