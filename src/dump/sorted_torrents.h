// All torrents of the table in the order of their info_hashes, for whoever writes them down.
//
// Shards are cut by the first bits of the hash, so they come one after the other and only what is
// inside one has to be sorted. A shard is copied in short steps, each under its lock, and sorted
// without it. Chosen hashes can put everything into one shard: of a shard only kMost torrents are
// held, the smallest beyond those that have been given out, and an oversized one is walked once for
// each kMost of it. So memory is bounded, whoever chose the hashes and however alike they are.
//
// Hashes come strictly ascending. What is there all along comes exactly once; what comes or goes
// meanwhile may be there or not. Thread: any, one at a time; announces go on beside it.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "net/worker.h"
#include "swarm/torrent_table.h"

namespace ot {

class SortedTorrents {
 public:
  // Held at most twice as many while they are chosen: 2.4 MB.
  static constexpr size_t kMost = 32 << 10;

  // `most` is smaller in tests; a step of the walk is not.
  explicit SortedTorrents(TorrentTable& table, size_t most = kMost) : table_(table), most_(most) {}

  // The next torrent, until pop() or the next call; null at the end, and if the watch says to give
  // up.
  [[nodiscard]] const TorrentCopy* front(const JobWatch& watch);
  void pop() { ++next_; }

  // Shards that are through.
  [[nodiscard]] uint32_t shards_done() const { return shard_; }

 private:
  [[nodiscard]] bool collect(const JobWatch& watch);
  void collect_step(SweepCursor& cursor);
  void drop_unwanted(size_t from);
  void keep_smallest();
  void sort();

  TorrentTable& table_;
  const size_t most_;
  uint32_t shard_ = 0;  // the next to be looked at
  // In an oversized shard: the largest hash given out, and one that all to be chosen are below.
  std::optional<InfoHash> above_;
  std::optional<InfoHash> below_;
  std::vector<TorrentCopy> chosen_;
  std::vector<uint32_t> order_;  // places in chosen_, sorted by hash
  size_t next_ = 0;              // in order_
};

}  // namespace ot
