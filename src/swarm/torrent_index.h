// The torrents of one shard: an open-addressing hash table of 64-byte slots that grows in place, a
// little at a time.
//
// Slots are kept sorted by `order`, the high half of the torrent's keyed hash, and a torrent's home
// is order * homes / 2^32: the table is one sorted sequence with gaps. A look-up starts at home and
// ends at a gap or a larger order, so a miss costs as much as a hit even at a load of 0.85. Growing
// keeps the sequence and only spreads it: the array is extended (mremap) by an eighth and the slots
// move up from the top, a bounded number per operation, with no second copy. `boundary_` says which
// side of the sequence already has its new home. Shrinking is the mirror image.
//
// Not thread-safe but for prefetch(); the shard's lock guards it. Pointers to slots are void after
// insert, erase, step.
#pragma once

#include <atomic>
#include <cstdint>

#include "swarm/memory_budget.h"
#include "swarm/torrent.h"

namespace ot {

class TorrentIndex {
 public:
  TorrentIndex() = default;
  TorrentIndex(const TorrentIndex&) = delete;
  TorrentIndex& operator=(const TorrentIndex&) = delete;
  ~TorrentIndex();

  // The budget must outlive the index; call once, before anything else.
  void set_memory(MemoryBudget* memory) { memory_ = memory; }

  [[nodiscard]] Torrent* find(const InfoHash& info_hash, uint32_t order);
  // The torrent must not be present. A torrent without peers, or null if there is no memory.
  [[nodiscard]] Torrent* insert(const InfoHash& info_hash, uint32_t order);
  void erase(Torrent* torrent);
  // Goes on with a change of size, if one is under way, looking at no more than a few dozen slots.
  void step();

  // Asks the processor for the line of a torrent; any thread, any time, no lock.
  void prefetch(uint32_t order) const {
    const Torrent* slots = published_slots_.load(std::memory_order_relaxed);
    const uint64_t homes = published_homes_.load(std::memory_order_relaxed);
    if (slots != nullptr) __builtin_prefetch(slots + (order * homes >> 32U), 1);
  }

  [[nodiscard]] size_t size() const { return size_; }
  // All slots, occupied or not, for walks by position.
  [[nodiscard]] size_t length() const { return length_; }
  [[nodiscard]] Torrent& slot(size_t position) { return slots_[position]; }
  [[nodiscard]] bool is_resizing() const { return low_homes_ != high_homes_; }

 private:
  [[nodiscard]] size_t home(uint32_t order) const {
    const uint64_t homes = order < boundary_ ? low_homes_ : high_homes_;
    return static_cast<size_t>(order * homes >> 32U);
  }
  [[nodiscard]] static size_t home_among(uint32_t order, uint64_t homes) {
    return static_cast<size_t>(order * homes >> 32U);
  }
  [[nodiscard]] bool is_growing() const { return low_homes_ < high_homes_; }
  [[nodiscard]] bool is_shrinking() const { return low_homes_ > high_homes_; }
  // Above 0.85 the table wants to grow; above 0.94, if there was no memory for that, it takes no
  // more.
  [[nodiscard]] bool is_too_full() const;
  [[nodiscard]] bool is_packed() const { return size_ * 16 >= low_homes_ * 15; }
  [[nodiscard]] bool resize_memory(size_t slots);
  bool start_growing();
  void start_shrinking();
  void step_growing();
  void step_shrinking();
  void finish_resizing(uint64_t homes);
  void lift_group(size_t last);
  void lower_group(size_t first);
  [[nodiscard]] Torrent* open_gap(size_t from, uint32_t order);
  void close_gap(size_t gap);
  void publish();

  Torrent* slots_ = nullptr;
  size_t length_ = 0;
  size_t size_ = 0;
  // Orders below boundary_ live by low_homes_, the others by high_homes_; equal when no change of
  // size is under way.
  uint64_t low_homes_ = 0;
  uint64_t high_homes_ = 0;
  uint64_t boundary_ = 0;
  // Growing: what awaits its new home stands below it. Shrinking: at it or above.
  size_t cursor_ = 0;
  MemoryBudget* memory_ = nullptr;
  std::atomic<const Torrent*> published_slots_{nullptr};
  std::atomic<uint64_t> published_homes_{0};
};

}  // namespace ot
