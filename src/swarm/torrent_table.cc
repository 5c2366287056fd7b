#include "swarm/torrent_table.h"

#include "swarm/sole_writer.h"

namespace ot {

TorrentTable::TorrentTable(const TableOptions& options, const SecretHash& hash)
    : commons_(options, hash), shards_(new Shard[kShards]) {
  assert(options.peer_timeout.count() >= 0 && options.peer_timeout <= std::chrono::minutes(200));
  assert(options.torrent_timeout.count() >= 0 &&
         options.torrent_timeout <= std::chrono::minutes(45 * 24 * 60));
  bound_malloc();
  for (uint32_t i = 0; i < kShards; ++i) shards_[i].attach(commons_, i);
}

TorrentPlace TorrentTable::locate(const InfoHash& info_hash) const {
  const auto& bytes = info_hash.bytes;
  const uint32_t shard = (uint32_t{bytes[0]} << 2U) | (bytes[1] >> 6U);
  return {shard, commons_.hash(bytes)};
}

bool TorrentTable::may_change() const {
  const SoleWriter* writer = sole_writer_.load(std::memory_order_relaxed);
  return writer == nullptr || writer->may_change_table();
}

Shard& TorrentTable::shard_to_change(uint32_t number) {
  assert(number < kShards && may_change());
  return shards_[number];
}

AnnounceOutcome TorrentTable::announce(const AnnounceRequest& request, Place place, size_t numwant,
                                       Minute now, PeerBuffers out, Random& random) {
  PeerCopies copies;
  Shard& shard = shard_to_change(place.shard);
  const MutexLock lock(shard.mutex);
  const AnnounceOutcome outcome = shard.announce(request, place, numwant, now, out, copies, random);
  copies.write();
  return outcome;
}

SwarmCounts TorrentTable::scrape(const InfoHash& info_hash, Place place, Minute now) {
  Shard& shard = shard_to_change(place.shard);
  const MutexLock lock(shard.mutex);
  const Torrent* torrent = shard.find_clean(info_hash, place, now);
  return torrent == nullptr ? SwarmCounts{} : torrent->counts();
}

bool TorrentTable::remove(const InfoHash& info_hash) {
  const Place place = locate(info_hash);
  Shard& shard = shard_to_change(place.shard);
  const MutexLock lock(shard.mutex);
  Torrent* torrent = shard.find(info_hash, place);
  if (torrent == nullptr) return false;
  const SwarmCounts before = torrent->counts();
  TorrentPeers peers = torrent->peers();
  peers.v4.release(commons_.memory);
  peers.v6.release(commons_.memory);
  TorrentPeers none{};
  torrent->downloaded = 0;
  return shard.settle(*torrent, before, none);
}

SweepResult TorrentTable::sweep(SweepCursor& cursor, Minute now, size_t budget) {
  Shard& shard = shard_to_change(cursor.shard);
  const MutexLock lock(shard.mutex);
  return shard.sweep(cursor, now, budget);
}

bool TorrentTable::settle_slots(size_t pages) {
  for (; pages > 0; --pages) {
    const auto move = commons_.pages.next_move();
    if (!move) return false;
    Shard& shard = shard_to_change(move->owner.shard);
    const MutexLock lock(shard.mutex);
    shard.settle_page(move->owner.row, move->page);
  }
  return true;
}

size_t TorrentTable::torrents_in(uint32_t shard) {
  assert(shard < kShards);
  const MutexLock lock(shards_[shard].mutex);
  return shards_[shard].torrents();
}

TableTotals TorrentTable::totals() {
  TableTotals totals;
  for (size_t i = 0; i < kShards; ++i) {
    Shard& shard = shards_[i];
    const MutexLock lock(shard.mutex);
    totals.torrents += shard.torrents();
    totals.peers += shard.peers();
    totals.seeders += shard.seeders();
  }
  totals.bytes = commons_.memory.used();
  return totals;
}

}  // namespace ot
