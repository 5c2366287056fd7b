// All torrents and their peers: 1024 shards by the top ten bits of the info_hash, one mutex each.
//
// The table finds the shard and takes its lock; the lock protocol, and why every operation is
// bounded, stand in swarm/shard.h. A table that is full (peers, memory) still answers and says so
// in the outcome. Time is passed in as minutes of the monotonic clock. Thread-safe, except for
// prefetch_peers() and announce_ahead(), which read without a lock on the one thread that changes
// the table.
#pragma once

#include <memory>
#include <span>

#include "swarm/shard.h"
#include "swarm/swarm_copy.h"

namespace ot {

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
  // Asks the processor for the torrent's cache line, without a lock.
  void prefetch(Place place) const { shards_[place.shard].prefetch(place); }

  // Asks for the lines of the peers that the announce will look at; true if the torrent is there.
  // Worth it for a batch, some time after prefetch() and before announce(). Takes no lock, since
  // that would make it wait for each line it comes across: only on the one thread that changes the
  // table.
  bool prefetch_peers(const AnnounceRequest& request, Place place) {
    return shards_[place.shard].prefetch_peers(request, place);
  }
  // Inserts, renews, completes or removes the peer, counts, and writes up to numwant other peers in
  // compact form, leechers before seeders, of the families for which `out` has room.
  AnnounceOutcome announce(const AnnounceRequest& request, Place place, size_t numwant, Minute now,
                           PeerBuffers out, Random& random);
  // The same, but the peers are in `out` only after the next announce with this queue, or when it
  // is written, which must be before anything else is done to the table. As prefetch_peers(), only
  // on the one thread that changes the table.
  AnnounceOutcome announce_ahead(const AnnounceRequest& request, Place place, size_t numwant,
                                 Minute now, PeerBuffers out, HandoutQueue& queue, Random& random);
  // Zeros for a torrent that is not there.
  [[nodiscard]] SwarmCounts scrape(const InfoHash& info_hash, Place place, Minute now);

  // Forgets the torrent, its peers and its downloads. True if it was there. Takes a microsecond for
  // a thousand peers, a millisecond for a million.
  bool remove(const InfoHash& info_hash);

  // Removes stale peers and torrents from the cursor on, in one shard under one lock, and carries
  // on a resize. Stops after about `budget` cache lines. A whole table takes kShards calls or more.
  SweepResult sweep(SweepCursor& cursor, Minute now, size_t budget);

  // Walks that read: each call takes what comes next from the cursor on, in one shard under one
  // lock, and looks at no more slots than `out` has room for (kLeastStep to 4096). What is there
  // all along comes exactly once, whatever changes meanwhile; of a large swarm whose blocks split
  // or join meanwhile a few peers may come twice or not at all. Each returns how much it copied,
  // which may be nothing before the walk is over.

  // Hashes only; a torrent may come twice, so that one may be removed between two calls.
  size_t list(SweepCursor& cursor, std::span<InfoHash> out);
  size_t copy_torrents(SweepCursor& cursor, std::span<TorrentCopy> out);
  // The addresses of IPv4 peers in host order. `out` needs room for PeerList::kBlockLimit or more.
  size_t copy_addresses4(SweepCursor& cursor, std::span<uint32_t> out);
  // Torrents with all their peers, for a state file: at most SwarmCopy::kParts slots.
  void copy_swarms(SweepCursor& cursor, Minute now, SwarmCopy& out);

  // Before the first torrent: makes room for that many at once, so that the table need not grow
  // under them. The sweep takes back what is not used.
  void expect(uint64_t torrents);
  // Puts in a torrent without peers, from a dump; one without downloads, too, which then goes when
  // it is touched. Restoring it again changes nothing.
  Restored restore_torrent(const InfoHash& info_hash, Place place, const TorrentPast& past,
                           Minute now);
  // Brings back a torrent, or a part of one, that copy_swarms() copied `elapsed` minutes ago. What
  // is older than the table keeps it stays away; a peer that is there already is not stored twice.
  // Limits and lack of memory refuse peers as they do in an announce.
  RestoreOutcome restore(const SwarmPart& part, std::span<const Peer4> peers4,
                         std::span<const Peer6> peers6, uint64_t elapsed, Minute now);

  // Whether settle_slots() could go on if it had one more slab: Slab::map(SlabKind::settled), which
  // takes too long for a loop, then add_slab().
  [[nodiscard]] bool wants_slab() { return commons_.pages.wants_slab(); }
  bool add_slab(Slab::Memory slab) { return commons_.pages.add(std::move(slab)); }
  // Moves at most so many pages of slots to where they belong, some microseconds each; false if
  // there is no more to move, or no room. Only where no other thread calls prefetch_peers() or
  // announce_ahead().
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
  template <typename Use>
  void walk(SweepCursor& cursor, size_t slots, Use use);

  TableCommons commons_;
  const std::unique_ptr<Shard[]> shards_;
};

}  // namespace ot
