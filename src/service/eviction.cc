#include "service/eviction.h"

namespace ot {

// One more than there are: what has been seen of the shard it is in has been judged by the old
// list.
void Eviction::begin() { shards_left_ = TorrentTable::kShards + 1; }

void Eviction::step() {
  const MonotonicTime start = clock_.now();
  while (shards_left_ > 0) {
    const uint32_t shard = cursor_.shard;
    judge(std::span(batch_).first(table_.list(cursor_, batch_)));
    if (cursor_.shard != shard) --shards_left_;
    if (clock_.now() - start > kLongestStep) return;
  }
}

void Eviction::judge(std::span<const InfoHash> torrents) {
  for (const InfoHash& info_hash : torrents) access_.prefetch(info_hash);
  for (const InfoHash& info_hash : torrents) {
    if (!access_.permits(info_hash) && table_.remove(info_hash)) ++removed_;
  }
}

}  // namespace ot
