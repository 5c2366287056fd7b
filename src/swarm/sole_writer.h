// The one thread that changes the table, as an object that this thread holds.
//
// While a SoleWriter exists, no other thread changes the table. So its thread may do without the
// shard's lock what would make it wait for memory there: look at a torrent's peers ahead of the
// announce, and copy the peers that an announce has chosen one announce later, when they have come
// from memory (decision 0012). Where several threads change the table nobody holds a SoleWriter,
// and all of them call TorrentTable::announce().
//
// At most one at a time. Asserted: a second one, a change of the table by another thread, and a
// change while copies wait. Other threads may read all the while: prefetch(), totals, walks.
// Thread: the one that made it. The table outlives it.
#pragma once

#include <array>
#include <thread>

#include "swarm/torrent_table.h"

namespace ot {

class SoleWriter {
 public:
  explicit SoleWriter(TorrentTable& table);
  SoleWriter(const SoleWriter&) = delete;
  SoleWriter& operator=(const SoleWriter&) = delete;
  ~SoleWriter();

  [[nodiscard]] TorrentTable& table() const { return table_; }

  // Prefetches the peers that the announce will look at; true if the torrent is there. For batches,
  // some time after prefetch() and before the announce.
  bool prefetch_peers(const AnnounceRequest& request, TorrentPlace place);
  // As TorrentTable::announce(), but the peers are in `out` only after the next announce_ahead() or
  // after finish(), which must come before anything else changes the table.
  AnnounceOutcome announce_ahead(const AnnounceRequest& request, TorrentPlace place, size_t numwant,
                                 Minute now, PeerBuffers out, Random& random);
  void finish();

  // Whether the calling thread may change the table in other ways now.
  [[nodiscard]] bool may_change_table() const {
    return std::this_thread::get_id() == thread_ && waiting_shard_ == kNone;
  }

 private:
  static constexpr uint32_t kNone = UINT32_MAX;

  TorrentTable& table_;
  const std::thread::id thread_ = std::this_thread::get_id();
  // What the announce in hand chooses, and what the one before it chose.
  std::array<PeerCopies, 2> copies_;
  unsigned current_ = 0;
  uint32_t waiting_shard_ = kNone;  // where the one before it chose
};

}  // namespace ot
