// A 1024th of the table: the torrents whose info_hashes share their top ten bits, with one mutex.
//
// Lock protocol of the table: `mutex` guards everything in a shard. A thread holds one shard's lock
// at a time; under it there is no I/O, no waiting, and no other lock except those of the memory
// behind the table (SlotPages, malloc). Only prefetching needs no lock: prefetch() on any thread,
// prefetch_peers() where no other thread changes the table (swarm/sole_writer.h).
//
// Every operation is bounded: an announce touches one slot, at most two blocks of peers, and a few
// dozen slots of a resize under way; sweep() and walk() stop at their limit. Counts are kept up to
// date, never recounted.
#pragma once

#include <atomic>
#include <cassert>
#include <chrono>

#include "base/mutex.h"
#include "base/random.h"
#include "swarm/peers/peer_copies.h"
#include "swarm/slots/torrent_index.h"
#include "swarm/torrent_place.h"

namespace ot {

struct TableOptions {
  // How long a peer stays without being heard of. At most 200 minutes: stamps count modulo 256, and
  // the sweep reaches a peer about once a minute.
  std::chrono::minutes peer_timeout{45};
  // How long a torrent without peers is remembered for its downloads. At most 45 days: minutes
  // count modulo 65536.
  std::chrono::minutes torrent_timeout{24 * 60};
  // Limits; 0: none.
  uint64_t max_peers = 0;
  uint32_t max_peers_per_torrent = 0;
  uint64_t max_memory = 0;  // bytes
  // For tests, which run both.
  PeerScan scan = best_peer_scan();
};

// What the shards of one table share. Thread-safe.
struct TableCommons {
  TableCommons(const TableOptions& table_options, const SecretHash& table_hash)
      : options(table_options), hash(table_hash), memory(options.max_memory), pages(memory) {}

  [[nodiscard]] SwarmContext context() { return {hash, memory, options.scan}; }
  [[nodiscard]] bool is_full() const {
    return options.max_peers != 0 && peers.load(std::memory_order_relaxed) >= options.max_peers;
  }
  // Whether the limits allow one more peer in a torrent that has these, and how many more.
  [[nodiscard]] bool may_add_to(const TorrentPeers& present) const {
    const uint32_t limit = options.max_peers_per_torrent;
    return !is_full() && (limit == 0 || present.size() < limit);
  }
  [[nodiscard]] uint64_t room_for(const TorrentPeers& present) const;

  const TableOptions options;
  const SecretHash hash;
  MemoryBudget memory;
  SlotPages pages;
  std::atomic<uint64_t> peers{0};
  std::atomic<uint64_t> torrents{0};
};

struct SweepResult {
  uint64_t peers_expired = 0;
  uint64_t torrents_expired = 0;
};

// What a walk does after a torrent.
enum class WalkStep : uint8_t {
  next,    // it is done
  leave,   // it is not: the next call begins with it
  erased,  // it has been taken out of the shard
};

class alignas(64) Shard {
 public:
  Shard() = default;
  Shard(const Shard&) = delete;
  Shard& operator=(const Shard&) = delete;
  ~Shard();

  // Call once, before anything else. `commons` outlives the shard.
  void attach(TableCommons& commons, uint32_t number);

  // Prefetches the torrent's slot. No lock.
  void prefetch(TorrentPlace place) const { index_.prefetch(place.order()); }
  // Prefetches the peers that the announce will look at; true if the torrent is there. Under the
  // lock, or without it while no other thread changes the table.
  bool prefetch_peers(const AnnounceRequest& request, TorrentPlace place);

  // As TorrentTable::announce(), but the peers are in `out` only when `copies` has been written.
  AnnounceOutcome announce(const AnnounceRequest& request, TorrentPlace place, size_t numwant,
                           Minute now, PeerBuffers out, PeerCopies& copies, Random& random)
      OT_REQUIRES(mutex);
  // As TorrentTable::sweep().
  SweepResult sweep(SweepCursor& cursor, Minute now, size_t budget) OT_REQUIRES(mutex);

  // Calls use(Torrent&), which answers a WalkStep, for the torrents from the cursor on, and
  // advances the cursor. Looks at no more than `left` slots and takes them off `left`; `use` may
  // take off more. True if that was the rest of the shard; the cursor then stands at the next one.
  template <typename Use>
  bool walk(SweepCursor& cursor, size_t& left, Use use) OT_REQUIRES(mutex);

  // Null if it is not there.
  [[nodiscard]] Torrent* find(const InfoHash& info_hash, TorrentPlace place) OT_REQUIRES(mutex) {
    return index_.find(info_hash, place.order());
  }
  // As find(), but first removes the stale peers of a small swarm, at most once a minute.
  [[nodiscard]] Torrent* find_clean(const InfoHash& info_hash, TorrentPlace place, Minute now)
      OT_REQUIRES(mutex);
  // The torrent must not be there. Null if there is no memory.
  [[nodiscard]] Torrent* add(const InfoHash& info_hash, TorrentPlace place) OT_REQUIRES(mutex);
  // Stores what an operation has made of a torrent's peers, and keeps the counts, which were
  // `before`. Erases a torrent that has neither peers nor downloads; true if it did.
  bool settle(Torrent& torrent, SwarmCounts before, TorrentPeers& peers) OT_REQUIRES(mutex);

  [[nodiscard]] size_t torrents() const OT_REQUIRES(mutex) { return index_.size(); }
  [[nodiscard]] uint64_t peers() const OT_REQUIRES(mutex) { return peers_; }
  [[nodiscard]] uint64_t seeders() const OT_REQUIRES(mutex) { return seeders_; }
  // As TorrentIndex::reserve() and TorrentIndex::settle().
  void reserve(size_t torrents) OT_REQUIRES(mutex) { index_.reserve(torrents); }
  void settle_page(size_t row, SlotPage* page) OT_REQUIRES(mutex) { index_.settle(row, page); }

  Mutex mutex;

 private:
  [[nodiscard]] bool clean(Torrent& torrent, Minute now) OT_REQUIRES(mutex);
  [[nodiscard]] unsigned peer_timeout() const {
    return static_cast<unsigned>(commons_->options.peer_timeout.count());
  }

  uint64_t peers_ OT_GUARDED_BY(mutex) = 0;
  uint64_t seeders_ OT_GUARDED_BY(mutex) = 0;
  TableCommons* commons_ = nullptr;
  // Guarded by the mutex except for prefetch() and prefetch_peers().
  TorrentIndex index_;
};

template <typename Use>
bool Shard::walk(SweepCursor& cursor, size_t& left, Use use) {
  const uint32_t shard = cursor.shard;
  size_t at = index_.position_after(cursor.order, cursor.twins);
  for (; at < index_.length() && left > 0; left -= std::min<size_t>(left, 1)) {
    Torrent& torrent = index_.slot(at);
    if (!torrent.is_occupied()) {
      ++at;
      continue;
    }
    if (torrent.order() != cursor.order) cursor = {cursor.shard, torrent.order(), 0, 0};
    const WalkStep step = use(torrent);
    if (step == WalkStep::leave) break;
    if (step == WalkStep::erased) {
      // Slots have moved down to where it was.
      cursor.blocks_left = 0;
      at = index_.position_after(cursor.order, cursor.twins);
    } else {
      ++cursor.twins;
      ++at;
    }
  }
  cursor.go_on_at(index_.lowest_order_from(at));
  return cursor.shard != shard;
}

}  // namespace ot
