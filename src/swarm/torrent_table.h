// All torrents and their peers: 1024 shards by the top ten bits of the info_hash, one mutex each.
//
// The table finds the shard and takes its lock; swarm/shard.h states the lock protocol and says why
// every operation is bounded. A table that is full (peers, memory) still answers and says so in the
// outcome. Time is passed in as minutes of the monotonic clock. Thread-safe; but while a thread
// holds a SoleWriter, no other thread may change the table.
#pragma once

#include <atomic>
#include <memory>
#include <span>

#include "swarm/shard.h"
#include "swarm/swarm_copy.h"

namespace ot {

class SoleWriter;

struct TableTotals {
  uint64_t torrents = 0;
  uint64_t peers = 0;
  uint64_t seeders = 0;
  uint64_t bytes = 0;
};

class TorrentTable {
 public:
  static constexpr size_t kShards = kTableShards;
  static constexpr size_t kLeastStep = 16;  // of list() and copy_torrents()
  using Place = TorrentPlace;

  TorrentTable(const TableOptions& options, const SecretHash& hash);
  TorrentTable(const TorrentTable&) = delete;
  TorrentTable& operator=(const TorrentTable&) = delete;

  // Places torrents and peers. An access list that shares it finds its line by a Place as well.
  [[nodiscard]] const SecretHash& hash() const { return commons_.hash; }
  [[nodiscard]] Place locate(const InfoHash& info_hash) const;
  // Prefetches the torrent's slot, without a lock.
  void prefetch(Place place) const { shards_[place.shard].prefetch(place); }

  // Inserts, renews, completes or removes the peer, counts, and writes up to numwant other peers in
  // compact form, leechers before seeders, of the families for which `out` has room.
  AnnounceOutcome announce(const AnnounceRequest& request, Place place, size_t numwant, Minute now,
                           PeerBuffers out, Random& random);
  // Zeros for a torrent that is not there.
  [[nodiscard]] SwarmCounts scrape(const InfoHash& info_hash, Place place, Minute now);

  // Forgets the torrent, its peers and its downloads. True if it was there. Takes a microsecond for
  // a thousand peers, a millisecond for a million.
  bool remove(const InfoHash& info_hash);

  // Removes stale peers and torrents from the cursor on, in one shard under one lock, and carries
  // on a resize. Stops after about `budget` cache lines. A whole table takes kShards calls or more.
  SweepResult sweep(SweepCursor& cursor, Minute now, size_t budget);

  // Walks that read: each call takes what comes next from the cursor on, in one shard under one
  // lock, and looks at no more slots than `out` has room for (kLeastStep to 4096). A torrent that
  // is in the table all the time is copied exactly once, whatever else changes; if blocks of a
  // large swarm split or join in the meantime, a few of its peers may be copied twice or not at
  // all. Each call returns how much it copied, which may be nothing before the walk is over.

  // Hashes only. Torrents may be removed between two calls; in exchange, one may come twice.
  size_t list(SweepCursor& cursor, std::span<InfoHash> out);
  size_t copy_torrents(SweepCursor& cursor, std::span<TorrentCopy> out);
  // The addresses of IPv4 peers in host order. `out` needs room for PeerList::kBlockLimit or more.
  size_t copy_addresses4(SweepCursor& cursor, std::span<uint32_t> out);
  // Torrents with all their peers, for a state file: at most SwarmCopy::kParts slots.
  void copy_swarms(SweepCursor& cursor, Minute now, SwarmCopy& out);

  // Before the first torrent: makes room for that many at once, so that the table need not grow
  // while they are added. The sweep frees the room that is not used.
  void expect(uint64_t torrents);
  // Adds a torrent from a dump, without peers. One without downloads is added too; the next
  // operation that touches it removes it. Restoring a torrent again changes nothing.
  Restored restore_torrent(const InfoHash& info_hash, Place place, const TorrentPast& past,
                           Minute now);
  // Brings back a torrent, or a part of one, that copy_swarms() copied `elapsed` minutes ago.
  // Torrents and peers past their timeouts are left out, and a peer that is there already is not
  // stored twice. Limits and lack of memory refuse peers as they do in an announce.
  RestoreOutcome restore(const SwarmPart& part, std::span<const Peer4> peers4,
                         std::span<const Peer6> peers6, uint64_t elapsed, Minute now);

  // Whether settle_slots() could go on if it had one more slab: Slab::map(SlabKind::settled), which
  // takes too long for a loop, then add_slab().
  [[nodiscard]] bool wants_slab() { return commons_.pages.wants_slab(); }
  bool add_slab(Slab::Memory slab) { return commons_.pages.add(std::move(slab)); }
  // Moves at most that many pages of slots to where they belong, some microseconds each; false if
  // there is no more to move, or no room.
  bool settle_slots(size_t pages);

  [[nodiscard]] size_t torrents_in(uint32_t shard);
  // Sums over all shards, each locked for a moment.
  [[nodiscard]] TableTotals totals();
  // The same sums, from one counter each.
  [[nodiscard]] uint64_t peers() const { return commons_.peers.load(std::memory_order_relaxed); }
  [[nodiscard]] uint64_t torrents() const {
    return commons_.torrents.load(std::memory_order_relaxed);
  }

 private:
  friend class SoleWriter;

  // The shard, for an operation that may change it.
  [[nodiscard]] Shard& shard_to_change(uint32_t number);
  [[nodiscard]] bool may_change() const;
  template <typename Use>
  void walk(SweepCursor& cursor, size_t slots, Use use);

  TableCommons commons_;
  const std::unique_ptr<Shard[]> shards_;
  std::atomic<const SoleWriter*> sole_writer_{nullptr};
};

}  // namespace ot
