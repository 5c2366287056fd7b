#include "swarm/torrent_table.h"

#include <algorithm>

#include "swarm/peer_handout.h"

namespace ot {
namespace {

// One step of a resize looks at a few dozen slots, in order.
constexpr size_t kWorkPerStep = 8;

template <typename Peer>
void expire_and_trim(PeerList<Peer>& list, uint32_t block, Minute now, unsigned timeout,
                     const SwarmContext& context, SweepResult& result) {
  result.work += 1 + list.blocks()[block].size() / 8;
  result.peers_expired += list.expire_block(block, now, timeout, context);
  list.trim(context);
}

}  // namespace

TorrentTable::TorrentTable(const TableOptions& options, const SecretHash& hash)
    : options_(options),
      hash_(hash),
      memory_(options.max_memory),
      pages_(memory_),
      shards_(new Shard[kShards]) {
  bound_malloc();
  for (size_t i = 0; i < kShards; ++i) shards_[i].index.set_pages(pages_, i);
}

TorrentTable::~TorrentTable() {
  for (size_t i = 0; i < kShards; ++i) {
    TorrentIndex& index = shards_[i].index;
    for (size_t at = 0; at < index.length(); ++at) {
      if (!index.slot(at).is_occupied()) continue;
      TorrentPeers peers = index.slot(at).peers();
      peers.v4.release(memory_);
      peers.v6.release(memory_);
    }
  }
}

TorrentTable::Place TorrentTable::locate(const InfoHash& info_hash) const {
  const auto& bytes = info_hash.bytes;
  const uint32_t shard = (uint32_t{bytes[0]} << 2U) | (bytes[1] >> 6U);
  return {shard, hash_(bytes)};
}

bool TorrentTable::may_add_to(const TorrentPeers& peers) const {
  const uint32_t limit = options_.max_peers_per_torrent;
  return !is_full() && (limit == 0 || peers.size() < limit);
}

Torrent* TorrentTable::find(Shard& shard, const InfoHash& info_hash, Place place, Minute now) {
  Torrent* torrent = shard.index.find(info_hash, place.order());
  return torrent != nullptr && clean(shard, *torrent, now) ? nullptr : torrent;
}

Torrent* TorrentTable::add(Shard& shard, const InfoHash& info_hash, Place place) {
  Torrent* torrent = shard.index.insert(info_hash, place.order());
  if (torrent != nullptr) torrents_.fetch_add(1, std::memory_order_relaxed);
  return torrent;
}

bool TorrentTable::settle(Shard& shard, Torrent& torrent, SwarmCounts before, TorrentPeers& peers) {
  const uint64_t seeders = uint64_t{peers.seeders()} - before.seeders;
  const uint64_t change = uint64_t{peers.size()} - before.seeders - before.leechers;
  shard.seeders += seeders;
  shard.peers += change;
  if (change != 0) peers_.fetch_add(change, std::memory_order_relaxed);
  const bool has_peers = peers.size() != 0;
  torrent.store(peers, memory_);
  if (has_peers || torrent.downloaded != 0) return false;
  shard.index.erase(&torrent);
  torrents_.fetch_sub(1, std::memory_order_relaxed);
  return true;
}

// Only swarms of one block; larger ones await the sweep. True if nothing was left of the torrent.
bool TorrentTable::clean(Shard& shard, Torrent& torrent, Minute now) {
  if (torrent.cleaned == static_cast<uint8_t>(now)) return false;
  torrent.cleaned = static_cast<uint8_t>(now);
  const auto timeout = static_cast<unsigned>(options_.peer_timeout.count());
  const SwarmCounts before = torrent.counts();
  TorrentPeers peers = torrent.peers();
  if (peers.v4.block_count() == 1) peers.v4.expire_block(0, now, timeout, context());
  if (peers.v6.block_count() == 1) peers.v6.expire_block(0, now, timeout, context());
  return settle(shard, torrent, before, peers);
}

// Without a lock: nobody else changes the table.
bool TorrentTable::prefetch_peers(const AnnounceRequest& request, Place place) {
  const SwarmContext& swarm = context();
  Torrent* torrent = shards_[place.shard].index.find(request.info_hash, place.order());
  if (torrent == nullptr) return false;
  const TorrentPeers peers = torrent->peers();
  if (request.peer.address.is_v4()) {
    peers.v4.prefetch(make_peer<Peer4>(request.peer, 0, 0), swarm);
  } else {
    peers.v6.prefetch(make_peer<Peer6>(request.peer, 0, 0), swarm);
  }
  return true;
}

AnnounceOutcome TorrentTable::announce(const AnnounceRequest& request, Place place, size_t numwant,
                                       Minute now, PeerBuffers out, Random& random) {
  PeerCopies copies;
  Shard& shard = shards_[place.shard];
  const MutexLock lock(shard.mutex);
  const AnnounceOutcome outcome =
      announce_to(shard, request, place, numwant, now, out, copies, random);
  copies.write();
  return outcome;
}

AnnounceOutcome TorrentTable::announce_ahead(const AnnounceRequest& request, Place place,
                                             size_t numwant, Minute now, PeerBuffers out,
                                             HandoutQueue& queue, Random& random) {
  queue.make_way(place.shard);
  Shard& shard = shards_[place.shard];
  AnnounceOutcome outcome;
  {
    const MutexLock lock(shard.mutex);
    outcome = announce_to(shard, request, place, numwant, now, out, queue.current(), random);
  }
  queue.next(place.shard);
  return outcome;
}

// Peers are chosen last: to store them may move them.
AnnounceOutcome TorrentTable::announce_to(Shard& shard, const AnnounceRequest& request, Place place,
                                          size_t numwant, Minute now, PeerBuffers out,
                                          PeerCopies& copies, Random& random) {
  AnnounceOutcome outcome;
  const bool stopped = request.event == AnnounceEvent::stopped;
  Torrent* torrent = find(shard, request.info_hash, place, now);
  if (torrent == nullptr && !stopped && !is_full()) torrent = add(shard, request.info_hash, place);
  if (torrent == nullptr) {
    outcome.change = stopped ? PeerChange::unknown : PeerChange::refused;
    return outcome;
  }
  torrent->minute = static_cast<uint16_t>(now);
  const SwarmCounts before = torrent->counts();
  TorrentPeers peers = torrent->peers();
  const SwarmUpdate update = update_swarm(request, now, may_add_to(peers), peers, context());
  if (update.completed && torrent->downloaded != UINT32_MAX) ++torrent->downloaded;
  outcome.swarm = {peers.seeders(), peers.leechers(), torrent->downloaded};
  outcome.change = update.change;
  outcome.completed = update.completed;
  outcome.minutes_silent = update.minutes_silent;
  if (settle(shard, *torrent, before, peers) || stopped || numwant == 0) return outcome;
  const HandoutBytes used =
      hand_out(torrent->peers(), request, numwant, update.asker, out, copies, random);
  outcome.v4_bytes = used.v4;
  outcome.v6_bytes = used.v6;
  return outcome;
}

SwarmCounts TorrentTable::scrape(const InfoHash& info_hash, Place place, Minute now) {
  Shard& shard = shards_[place.shard];
  const MutexLock lock(shard.mutex);
  Torrent* torrent = find(shard, info_hash, place, now);
  return torrent == nullptr ? SwarmCounts{} : torrent->counts();
}

// From the last block to the first, since trim() joins the last one to one before it: none is
// missed.
void TorrentTable::expire_peers(TorrentPeers& peers, SweepCursor& cursor, Minute now, size_t budget,
                                SweepResult& result) {
  const auto timeout = static_cast<unsigned>(options_.peer_timeout.count());
  const uint32_t all = peers.v4.block_count() + peers.v6.block_count();
  uint32_t left = cursor.blocks_left == 0 ? all : std::min(all, cursor.blocks_left);
  for (; left > 0 && result.work < budget; --left) {
    const uint32_t blocks4 = peers.v4.block_count();
    if (left > blocks4) {
      expire_and_trim(peers.v6, left - 1 - blocks4, now, timeout, context(), result);
    } else {
      expire_and_trim(peers.v4, left - 1, now, timeout, context(), result);
    }
  }
  cursor.blocks_left = left;
}

// True if the torrent was erased; if not, it is done with when no blocks are left.
bool TorrentTable::sweep_torrent(Shard& shard, Torrent& torrent, SweepCursor& cursor, Minute now,
                                 size_t budget, SweepResult& result) {
  const SwarmCounts before = torrent.counts();
  const uint64_t expired_before = result.peers_expired;
  TorrentPeers peers = torrent.peers();
  const bool may_trim = peers.v4.block_count() + peers.v6.block_count() > 2;
  expire_peers(peers, cursor, now, budget, result);
  const bool forgotten = peers.size() == 0 && static_cast<uint16_t>(now - torrent.minute) >
                                                  options_.torrent_timeout.count();
  if (forgotten) torrent.downloaded = 0;
  // Leaves the line of a torrent that did not change clean.
  if (!may_trim && !forgotten && result.peers_expired == expired_before) return false;
  const bool gone = settle(shard, torrent, before, peers);
  result.torrents_expired += gone ? 1U : 0U;
  return gone;
}

SweepResult TorrentTable::sweep(SweepCursor& cursor, Minute now, size_t budget) {
  SweepResult result;
  Shard& shard = shards_[cursor.shard];
  const MutexLock lock(shard.mutex);
  TorrentIndex& index = shard.index;
  index.step();
  for (; index.is_resizing() && result.work < budget / 2; result.work += kWorkPerStep) index.step();
  size_t at = index.position_after(cursor.order, cursor.twins);
  // At least one slot, however small the budget.
  budget = std::max(budget, result.work + 1);
  for (; at < index.length() && result.work < budget; ++result.work) {
    Torrent& torrent = index.slot(at);
    if (!torrent.is_occupied()) {
      ++at;
      continue;
    }
    if (torrent.order() != cursor.order) cursor = {cursor.shard, torrent.order(), 0, 0};
    if (sweep_torrent(shard, torrent, cursor, now, budget, result)) {
      cursor.blocks_left = 0;
      at = index.position_after(cursor.order, cursor.twins);
    } else if (cursor.blocks_left == 0) {
      ++cursor.twins;
      ++at;
    }
  }
  const uint64_t next = index.lowest_order_from(at);
  if (next > UINT32_MAX) {
    index.shrink_if_sparse();
    cursor = {(cursor.shard + 1) % static_cast<uint32_t>(kShards), 0, 0, 0};
  } else if (next != cursor.order) {
    cursor = {cursor.shard, static_cast<uint32_t>(next), 0, 0};
  }
  return result;
}

// Goes on at the last order listed and not behind it: of twins one may have been removed since, and
// then nobody knows which of them are done.
size_t TorrentTable::list(SweepCursor& cursor, std::span<InfoHash> out) {
  Shard& shard = shards_[cursor.shard];
  const MutexLock lock(shard.mutex);
  TorrentIndex& index = shard.index;
  uint32_t last = cursor.order;
  size_t count = 0;
  size_t at = index.position_after(cursor.order, 0);
  const size_t end = std::min(index.length(), at + out.size());
  for (; at < end; ++at) {
    const Torrent& torrent = index.slot(at);
    if (!torrent.is_occupied()) continue;
    out[count++] = torrent.info_hash();
    last = std::max(last, torrent.order());
  }
  const uint64_t next = std::max<uint64_t>(last, index.lowest_order_from(at));
  if (at == index.length() || next > UINT32_MAX) {
    cursor = {(cursor.shard + 1) % static_cast<uint32_t>(kShards), 0, 0, 0};
  } else {
    cursor = {cursor.shard, static_cast<uint32_t>(next), 0, 0};
  }
  return count;
}

bool TorrentTable::remove(const InfoHash& info_hash) {
  const Place place = locate(info_hash);
  Shard& shard = shards_[place.shard];
  const MutexLock lock(shard.mutex);
  Torrent* torrent = shard.index.find(info_hash, place.order());
  if (torrent == nullptr) return false;
  const SwarmCounts before = torrent->counts();
  TorrentPeers peers = torrent->peers();
  peers.v4.release(memory_);
  peers.v6.release(memory_);
  TorrentPeers none{};
  torrent->downloaded = 0;
  return settle(shard, *torrent, before, none);
}

bool TorrentTable::settle_slots(size_t pages) {
  for (; pages > 0; --pages) {
    const auto move = pages_.next_move();
    if (!move) return false;
    Shard& shard = shards_[move->owner.shard];
    const MutexLock lock(shard.mutex);
    shard.index.settle(move->owner.row, move->page);
  }
  return true;
}

TableTotals TorrentTable::totals() {
  TableTotals totals;
  for (size_t i = 0; i < kShards; ++i) {
    Shard& shard = shards_[i];
    const MutexLock lock(shard.mutex);
    totals.torrents += shard.index.size();
    totals.peers += shard.peers;
    totals.seeders += shard.seeders;
  }
  totals.bytes = memory_.used();
  return totals;
}

}  // namespace ot
