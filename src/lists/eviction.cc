#include "lists/eviction.h"

#include <cassert>
#include <string>

namespace ot {

Eviction::Eviction(Timers& timers, TorrentTable& table, AccessControl& access, const Clock& clock,
                   Log& log)
    : table_(table), access_(access), clock_(clock), log_(log), timer_(timers, [this] {
        step();
      }) {}

void Eviction::begin() {
  if (!is_due()) removed_before_ = removed_;
  // One more than there are: the part of the current shard that is done was judged by the old list.
  shards_left_ = TorrentTable::kShards + 1;
  if (!timer_.armed()) timer_.arm_after(Duration(0));
}

void Eviction::step() {
  assert(is_due());
  const MonotonicTime end = clock_.now() + kLongestStep;
  timer_.arm_after(kTick);
  do {
    const SweepCursor before = cursor_;
    if (!judge(std::span(batch_).first(table_.list(cursor_, batch_)), end)) {
      cursor_ = before;
      return;
    }
    if (cursor_.shard != before.shard && --shards_left_ == 0) return end_round();
  } while (clock_.now() <= end);
}

void Eviction::end_round() {
  timer_.disarm();
  access_.note_carried_out();
  const uint64_t removed = removed_ - removed_before_;
  if (removed > 0)
    log_.info(std::to_string(removed) + " torrents that the list refuses have left the table");
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

void Eviction::judge(const InfoHash& info_hash) {
  if (!access_.permits(info_hash)) table_.remove(info_hash);
}

}  // namespace ot
