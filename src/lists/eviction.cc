#include "lists/eviction.h"

namespace ot {

// One more than there are: what has been seen of the shard it is in has been judged by the old
// list.
void Eviction::begin() { shards_left_ = TorrentTable::kShards + 1; }

void Eviction::step() {
  const MonotonicTime end = clock_.now() + kLongestStep;
  while (shards_left_ > 0) {
    const SweepCursor before = cursor_;
    if (!judge(std::span(batch_).first(table_.list(cursor_, batch_)), end)) {
      cursor_ = before;
      return;
    }
    if (cursor_.shard != before.shard && --shards_left_ == 0) access_.note_carried_out();
    if (clock_.now() > end) return;
  }
}

bool Eviction::judge(std::span<const InfoHash> torrents, MonotonicTime end) {
  for (const InfoHash& info_hash : torrents) access_.prefetch(info_hash);
  for (const InfoHash& info_hash : torrents) {
    if (access_.permits(info_hash) || !table_.remove(info_hash)) continue;
    ++removed_;
    if (clock_.now() > end) return false;
  }
  return true;
}

}  // namespace ot
