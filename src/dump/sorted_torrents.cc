#include "dump/sorted_torrents.h"

#include <algorithm>
#include <array>
#include <numeric>

#include "census/table_walks.h"

namespace ot {
namespace {

// Torrents of a shard have their first ten bits in common; the next ten spread a thousand of them
// over nearly as many buckets.
constexpr size_t kBuckets = 1024;

size_t bucket_of(const InfoHash& hash) {
  return static_cast<size_t>((hash.bytes[1] & 0x3fU) << 4U | hash.bytes[2] >> 4U);
}

bool is_less(const TorrentCopy& a, const TorrentCopy& b) { return a.info_hash < b.info_hash; }

}  // namespace

const TorrentCopy* SortedTorrents::front(const JobWatch& watch) {
  while (next_ == order_.size()) {
    if (shard_ == TorrentTable::kShards || !collect(watch)) return nullptr;
  }
  return &chosen_[order_[next_]];
}

// Collects the next most_ torrents of the shard, or all that are left. False if cancelled.
bool SortedTorrents::collect(const JobWatch& watch) {
  chosen_.clear();
  order_.clear();
  next_ = 0;
  below_.reset();
  SweepCursor cursor{.shard = shard_};
  while (cursor.shard == shard_) {
    if (watch.is_cancelled()) return false;
    collect_step(cursor);
  }
  if (chosen_.size() > most_) keep_smallest();
  sort();
  if (below_) {
    above_ = chosen_[order_.back()].info_hash;
  } else {
    above_.reset();
    ++shard_;
  }
  return true;
}

void SortedTorrents::collect_step(SweepCursor& cursor) {
  const size_t before = chosen_.size();
  chosen_.resize(before + kWalkStep);
  const size_t count = table_.copy_torrents(cursor, std::span(chosen_).subspan(before));
  chosen_.resize(before + count);
  if (above_ || below_) drop_unwanted(before);
  if (chosen_.size() >= 2 * most_) keep_smallest();
}

// Drops the torrents from position `from` on that are not between the bounds.
void SortedTorrents::drop_unwanted(size_t from) {
  const auto is_unwanted = [this](const TorrentCopy& torrent) {
    return (above_ && torrent.info_hash <= *above_) || (below_ && torrent.info_hash >= *below_);
  };
  const auto first = chosen_.begin() + static_cast<std::ptrdiff_t>(from);
  chosen_.erase(std::remove_if(first, chosen_.end(), is_unwanted), chosen_.end());
}

void SortedTorrents::keep_smallest() {
  const auto end = chosen_.begin() + static_cast<std::ptrdiff_t>(most_);
  std::nth_element(chosen_.begin(), end, chosen_.end(), is_less);
  below_ = end->info_hash;
  chosen_.erase(end, chosen_.end());
}

// Sorts into buckets by counting, then within each bucket: 9 ns a torrent; std::sort takes 72.
void SortedTorrents::sort() {
  std::array<uint32_t, kBuckets + 1> ends{};
  for (const TorrentCopy& torrent : chosen_) ++ends[bucket_of(torrent.info_hash)];
  std::exclusive_scan(ends.begin(), ends.end(), ends.begin(), 0U);
  order_.resize(chosen_.size());
  for (uint32_t i = 0; i < chosen_.size(); ++i) order_[ends[bucket_of(chosen_[i].info_hash)]++] = i;
  uint32_t begin = 0;
  for (size_t bucket = 0; bucket < kBuckets; ++bucket) {
    const uint32_t end = ends[bucket];
    if (end - begin > 1) {
      std::sort(order_.begin() + begin, order_.begin() + end,
                [this](uint32_t a, uint32_t b) { return is_less(chosen_[a], chosen_[b]); });
    }
    begin = end;
  }
}

}  // namespace ot
