// What TorrentTable takes in from before a restart. Counts only ever rise by it, so that a dump may
// be loaded twice, or beside announces, and still says the truth.
#include <algorithm>

#include "swarm/torrent_table.h"

namespace ot {

void TorrentTable::expect(uint64_t torrents) {
  // It is a guess, which shall not take the memory of those that do come.
  const uint64_t most = options_.max_memory / 2 / sizeof(Torrent);
  if (options_.max_memory != 0 && torrents > most) return;
  for (size_t i = 0; i < kShards; ++i) {
    const MutexLock lock(shards_[i].mutex);
    shards_[i].index.reserve(torrents / kShards);
  }
}

Restored TorrentTable::restore_torrent(const InfoHash& info_hash, Place place,
                                       const TorrentPast& past, Minute now) {
  // As the sweep, which would take it out again.
  if (past.minutes_silent > options_.torrent_timeout.count()) return Restored::too_old;
  const auto minute = static_cast<uint16_t>(now - past.minutes_silent);
  Shard& shard = shards_[place.shard];
  const MutexLock lock(shard.mutex);
  if (Torrent* torrent = shard.index.find(info_hash, place.order()); torrent != nullptr) {
    torrent->downloaded = std::max(torrent->downloaded, past.downloaded);
    const auto silent = static_cast<uint16_t>(now - torrent->minute);
    if (past.minutes_silent < silent) torrent->minute = minute;
    return Restored::merged;
  }
  Torrent* torrent = add(shard, info_hash, place);
  if (torrent == nullptr) return Restored::no_memory;
  torrent->downloaded = past.downloaded;
  torrent->minute = minute;
  return Restored::added;
}

}  // namespace ot
