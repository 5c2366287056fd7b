// All torrents of the table, sorted by info_hash.
//
// A shard is chosen by the first bits of the hash, so shards come in order and only the torrents
// inside one need sorting. A shard is copied in short steps, each under its lock, and sorted
// without it. Chosen hashes can put every torrent into one shard, so at most kMost torrents are
// held: the smallest that have not come yet. An oversized shard is walked once for each kMost of
// its torrents. So memory is bounded, however similar the hashes are.
//
// Hashes come in strictly ascending order. A torrent that is in the table all the time comes
// exactly once; one that is added or removed meanwhile may come or not. Thread: any, one at a time,
// while announces go on.
#pragma once

#include <cassert>
#include <cstdint>
#include <optional>
#include <vector>

#include "net/worker.h"
#include "swarm/torrent_table.h"

namespace ot {

class SortedTorrents {
 public:
  // While they are chosen, twice as many are held: 2.4 MB.
  static constexpr size_t kMost = 32 << 10;

  // Tests set a smaller `most`, at least 1.
  explicit SortedTorrents(TorrentTable& table, size_t most = kMost) : table_(table), most_(most) {
    assert(most > 0);
  }

  // The next torrent, valid until pop() or the next call; null at the end, or if cancelled.
  [[nodiscard]] const TorrentCopy* front(const JobWatch& watch);
  // Only after front() returned a torrent.
  void pop() {
    assert(next_ < order_.size());
    ++next_;
  }

  // Shards that have been walked.
  [[nodiscard]] uint32_t shards_done() const { return shard_; }

 private:
  [[nodiscard]] bool collect(const JobWatch& watch);
  void collect_step(SweepCursor& cursor);
  void drop_unwanted(size_t from);
  void keep_smallest();
  void sort();

  TorrentTable& table_;
  const size_t most_;
  uint32_t shard_ = 0;  // the next to be walked
  // In an oversized shard: only hashes between these are wanted. The lower is the last one that
  // came.
  std::optional<InfoHash> above_;
  std::optional<InfoHash> below_;
  std::vector<TorrentCopy> chosen_;
  std::vector<uint32_t> order_;  // indices into chosen_, sorted by hash
  size_t next_ = 0;              // in order_
};

}  // namespace ot
