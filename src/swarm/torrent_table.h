// All torrents and their peers: 1024 shards by the top 10 bits of the info_hash, one mutex each.
//
// Lock protocol: one shard lock at a time; under it no I/O, no callback, and no other lock but that
// of what gives memory: SlotPages, malloc. Every operation is bounded: an announce touches one
// slot, at most two blocks of peers and a few dozen slots of a resize under way. The counts are
// kept, never recounted. A table that is full (peers, memory) still answers and says so in the
// outcome. Thread-safe but for prefetch_peers() and announce_ahead(), which read without a lock on
// the one thread that changes the table. Time is passed in as minutes of the monotonic clock.
#pragma once

#include <atomic>
#include <chrono>
#include <memory>
#include <span>

#include "base/mutex.h"
#include "base/random.h"
#include "swarm/peers/peer_copies.h"
#include "swarm/slots/slot_pages.h"
#include "swarm/slots/torrent_index.h"
#include "swarm/swarm_copy.h"
#include "swarm/swarm_update.h"

namespace ot {

struct TableOptions {
  // A peer not heard of for longer goes. At most 200 minutes: stamps count modulo 256, and the
  // sweep needs its share.
  std::chrono::minutes peer_timeout{45};
  // A torrent without peers but with downloads to remember goes after this. At most 45 days:
  // minutes count modulo 65536.
  std::chrono::minutes torrent_timeout{24 * 60};
  // 0: no limit.
  uint64_t max_peers = 0;
  uint32_t max_peers_per_torrent = 0;
  uint64_t max_memory = 0;  // bytes
  // Tests run both.
  PeerScan scan = best_peer_scan();
};

// A torrent as walks see it: a copy.
struct TorrentCopy {
  InfoHash info_hash;
  SwarmCounts counts;
  uint16_t minute = 0;  // of the last announce, modulo 65536
};

// What is known of a torrent from before a restart.
struct TorrentPast {
  uint32_t downloaded = 0;
  uint32_t minutes_silent = 0;  // since its last announce
};

enum class Restored : uint8_t {
  added,
  // It was there already and has now the larger count and the later announce of the two.
  merged,
  too_old,   // silent for longer than torrent_timeout; not taken
  no_memory  // not taken
};

struct TableTotals {
  uint64_t torrents = 0;
  uint64_t peers = 0;
  uint64_t seeders = 0;
  uint64_t bytes = 0;
};

// Where the next sweep goes on: a place in the sorted sequence, so that torrents that move
// meanwhile are not missed. (Peers that a split or join of blocks moves across it wait for the next
// pass.) One a sweeper; {} is the beginning.
struct SweepCursor {
  uint32_t shard = 0;
  uint32_t order = 0;
  // Torrents of that order already done (one in millions has such a twin).
  uint32_t twins = 0;
  // Blocks of peers still to do in the next torrent of that order; 0: all of them.
  uint32_t blocks_left = 0;

  friend constexpr bool operator==(const SweepCursor&, const SweepCursor&) = default;
};

// A walk goes on at the lowest order from a position on, or in the next shard if there is none.
void go_on_at(uint64_t order, SweepCursor& cursor);

struct SweepResult {
  size_t work = 0;  // slots and peers looked at, in units of about a cache line
  uint64_t peers_expired = 0;
  uint64_t torrents_expired = 0;
};

class TorrentTable {
 public:
  static constexpr size_t kShards = 1024;

  TorrentTable(const TableOptions& options, const SecretHash& hash);
  ~TorrentTable();
  TorrentTable(const TorrentTable&) = delete;
  TorrentTable& operator=(const TorrentTable&) = delete;

  // Where a torrent lives; computed once per announce, good for ever.
  struct Place {
    uint32_t shard;
    uint64_t hash;  // what hash() gives for the info_hash

    [[nodiscard]] uint32_t order() const { return static_cast<uint32_t>(hash >> 32U); }
  };
  // By which torrents and peers are placed; an access list that shares it finds its line by the
  // Place, too.
  [[nodiscard]] const SecretHash& hash() const { return hash_; }
  [[nodiscard]] Place locate(const InfoHash& info_hash) const;
  // Asks for the torrent's cache line, without a lock.
  void prefetch(Place place) const { shards_[place.shard].index.prefetch(place.order()); }

  // Asks for the lines of the peers the announce will look at, and says whether the torrent is
  // there. Worth it for a batch, some time after prefetch() and before announce(). Takes no lock,
  // since that would make it wait for each line it comes across: to be called only on the one
  // thread that changes the table.
  bool prefetch_peers(const AnnounceRequest& request, Place place);

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

  // Removes stale peers and torrents, from the cursor on, in one shard under one lock, and stops
  // after about `budget` units of work. Also carries on a resize. A whole table takes kShards calls
  // or more.
  SweepResult sweep(SweepCursor& cursor, Minute now, size_t budget);

  // The next torrents from the cursor on, in one shard under one lock, into `out` (of 16 or more;
  // looks at about as many slots); answers how many. A torrent may come again with the next call;
  // one that was there all along comes once a round at least, whatever is removed meanwhile. A
  // whole table takes kShards calls or more.
  size_t list(SweepCursor& cursor, std::span<InfoHash> out);

  // Before the first torrent: so many are to come at once, and shall not find a small table that
  // has to grow under them. Where they do not come, the sweep takes the memory back.
  void expect(uint64_t torrents);
  // Puts a torrent in without peers, one without downloads too, so that what was dumped is there
  // again; as any without peers and downloads, that one goes when it is touched. Restoring twice
  // changes nothing more.
  Restored restore_torrent(const InfoHash& info_hash, Place place, const TorrentPast& past,
                           Minute now);

  // Whether settle_slots() could go on with one more slab of the settled kind: Slab::map(), which
  // takes too long for a loop, then add_slab(). Any thread.
  [[nodiscard]] bool wants_slab() { return pages_.wants_slab(); }
  bool add_slab(Slab::Memory slab) { return pages_.add(std::move(slab)); }
  // Moves at most so many pages of slots, some microseconds each, to where they should be; false if
  // there is nothing more to move or no room. It changes the table, so where there is
  // prefetch_peers() or announce_ahead(), on that thread only.
  bool settle_slots(size_t pages);

  // Forgets the torrent, its peers and its downloads. True if it was there. Takes a microsecond for
  // a thousand peers, a millisecond for a million.
  bool remove(const InfoHash& info_hash);

  // For walks over the whole table: what comes next from the cursor on, in one shard under one
  // lock, into `out`; answers how much that is, none at times. The walk is over when cursor.shard
  // goes back to 0. What is there all along comes exactly once, whatever changes meanwhile.

  // The torrents of at most out.size() slots; out.size() is 16 to 4096.
  size_t copy_torrents(SweepCursor& cursor, std::span<TorrentCopy> out);
  // The addresses of IPv4 peers, in host order, of at most out.size() slots; out.size() is
  // PeerList::kBlockLimit to 4096. Of a large swarm whose blocks split or join meanwhile a few may
  // come twice or not.
  size_t copy_addresses4(SweepCursor& cursor, std::span<uint32_t> out);

  [[nodiscard]] size_t torrents_in(uint32_t shard);
  // All of the torrents and their peers, for a state file: at most SwarmCopy::kParts slots. Of a
  // large swarm whose blocks split or join meanwhile a few peers may come twice or not.
  void copy_swarms(SweepCursor& cursor, Minute now, SwarmCopy& out);

  // Brings back a torrent, or a part of one, that copy_swarms() copied `elapsed` minutes ago. Peers
  // and torrents that are older than the table keeps them stay away; a peer that is there already
  // is not stored twice. Limits and want of memory refuse peers as they do in an announce.
  RestoreOutcome restore(const SwarmPart& part, std::span<const Peer4> peers4,
                         std::span<const Peer6> peers6, uint64_t elapsed, Minute now);

  // Sums over all shards; each is locked for a moment.
  [[nodiscard]] TableTotals totals();
  // The same from one counter.
  [[nodiscard]] uint64_t peers() const { return peers_.load(std::memory_order_relaxed); }
  [[nodiscard]] uint64_t torrents() const { return torrents_.load(std::memory_order_relaxed); }

 private:
  struct alignas(64) Shard {
    Mutex mutex;
    uint64_t peers OT_GUARDED_BY(mutex) = 0;
    uint64_t seeders OT_GUARDED_BY(mutex) = 0;
    // Guarded by the mutex but for prefetch().
    TorrentIndex index;
  };

  [[nodiscard]] SwarmContext context() { return {hash_, memory_, options_.scan}; }
  [[nodiscard]] bool is_full() const {
    return options_.max_peers != 0 && peers() >= options_.max_peers;
  }
  [[nodiscard]] bool may_add_to(const TorrentPeers& peers) const;
  // How many peers more may be added to these.
  [[nodiscard]] uint64_t room_for(const TorrentPeers& peers) const;
  // Null if it is not there. Rids a small swarm of its stale peers, at most once a minute.
  Torrent* find(Shard& shard, const InfoHash& info_hash, Place place, Minute now)
      OT_REQUIRES(shard.mutex);
  // Null if there is no memory.
  Torrent* add(Shard& shard, const InfoHash& info_hash, Place place) OT_REQUIRES(shard.mutex);
  // Stores what an operation made of a torrent's peers and keeps the counts; erases a torrent with
  // nothing to remember. True if it was erased.
  bool settle(Shard& shard, Torrent& torrent, SwarmCounts before, TorrentPeers& peers)
      OT_REQUIRES(shard.mutex);
  bool clean(Shard& shard, Torrent& torrent, Minute now) OT_REQUIRES(shard.mutex);
  AnnounceOutcome announce_to(Shard& shard, const AnnounceRequest& request, Place place,
                              size_t numwant, Minute now, PeerBuffers out, PeerCopies& copies,
                              Random& random) OT_REQUIRES(shard.mutex);
  void expire_peers(TorrentPeers& peers, SweepCursor& cursor, Minute now, size_t budget,
                    SweepResult& result);
  bool sweep_torrent(Shard& shard, Torrent& torrent, SweepCursor& cursor, Minute now, size_t budget,
                     SweepResult& result) OT_REQUIRES(shard.mutex);

  const TableOptions options_;
  const SecretHash hash_;
  MemoryBudget memory_;
  SlotPages pages_;
  std::atomic<uint64_t> peers_{0};
  std::atomic<uint64_t> torrents_{0};
  std::unique_ptr<Shard[]> shards_;
};

}  // namespace ot
