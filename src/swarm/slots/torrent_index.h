// The torrents of one shard: an open-addressing hash table of 64-byte slots that grows in place, a
// little at a time.
//
// Slots are kept sorted by `order`, the high half of the torrent's keyed hash, and a torrent's home
// is order * homes / 2^32: the table is one sorted sequence with gaps. A look-up starts at home and
// ends at a gap or a larger order, so a miss costs as much as a hit even at a load of 0.85. Growing
// keeps the sequence and only spreads it: pages are added at the end and the slots move up, the
// last first, a bounded number per operation, with no second copy. `boundary_` says which side of
// the sequence has its new home already. Shrinking is the mirror image; its memory goes back a
// little at a time too, since giving back costs more than moving. See
// docs/decisions/0003-a-sorted-index-grown-in-place.md. The pages come from SlotPages.
//
// Not thread-safe except for prefetch(); the shard's lock guards it. insert(), erase() and step()
// invalidate pointers to slots.
#pragma once

#include <algorithm>
#include <atomic>
#include <cassert>
#include <cstdint>

#include "base/prefetch.h"
#include "swarm/slots/slot_pages.h"

namespace ot {

class TorrentIndex {
 public:
  TorrentIndex() = default;
  TorrentIndex(const TorrentIndex&) = delete;
  TorrentIndex& operator=(const TorrentIndex&) = delete;

  // Call once, before anything else. The pages outlive the index and free its memory.
  void set_pages(SlotPages& pages, size_t shard) {
    assert(pages_ == nullptr && shard <= UINT16_MAX);
    pages_ = &pages;
    shard_ = static_cast<uint16_t>(shard);
  }

  [[nodiscard]] Torrent* find(const InfoHash& info_hash, uint32_t order);
  // The torrent must not be present. A torrent without peers, or null if there is no memory.
  [[nodiscard]] Torrent* insert(const InfoHash& info_hash, uint32_t order);
  // Before the first torrent: makes room for that many, if there is memory for it, which saves
  // growing step by step. The sweep takes back what is not used.
  void reserve(size_t torrents);
  void erase(Torrent* torrent);
  // Starts to shrink a table that is less than half full. erase() does not: a walk that erases in
  // order leaves the rest as dense as it was, on fewer orders, and fewer homes would make one long
  // run of it. Call it when such a walk is over.
  void shrink_if_sparse();
  // Continues a change of size, if one is under way, and looks at no more than a few dozen slots.
  void step();

  // Prefetches the lines where find() will look: the torrent's home and a few after it (on average
  // it stands two after its home). Any thread, any time, no lock.
  void prefetch(uint32_t order) const {
    const size_t at = home_among(order, published_homes_.load(std::memory_order_acquire));
    const Directory* directory = directory_.load(std::memory_order_acquire);
    if (directory == nullptr) return;
    const SlotPage* page = directory->entry(at / kPageSlots).load(std::memory_order_relaxed);
    if (page == nullptr) return;
    const size_t first = at % kPageSlots;
    for (size_t slot = first; slot < std::min(first + kLinesAskedFor, kPageSlots); ++slot)
      prefetch_line(&page->slots[slot]);
  }

  [[nodiscard]] size_t size() const { return size_; }
  // All slots, occupied or not, for walks by position.
  [[nodiscard]] size_t length() const { return length_; }
  [[nodiscard]] Torrent& slot(size_t position) const {
    assert(position < length_);
    SlotPage* page = entry(position / kPageSlots).load(std::memory_order_relaxed);
    return page->slots[position % kPageSlots];
  }
  // For walks in order, which no change of size disturbs. The position after all lower orders and
  // `twins` torrents of this one; the slot there may be empty, or it may be length().
  [[nodiscard]] size_t position_after(uint32_t order, size_t twins) const;
  // The lowest order that a torrent can have at this position or after it; 2^32 or more if none.
  [[nodiscard]] uint64_t lowest_order_from(size_t position) const;
  [[nodiscard]] bool is_resizing() const { return resizing_ != Resizing::none; }

  // Moves a page of slots into a settled slab, if it is still this index's and there is room.
  void settle(size_t row, SlotPage* page);

 private:
  enum class Resizing : uint8_t { none, growing, shrinking };

  static constexpr size_t kPageSlots = SlotPage::kSlots;
  static constexpr size_t kLinesAskedFor = 4;

  using Entry = std::atomic<SlotPage*>;

  // Where the pages are, in the order of the slots; the entries follow the header. A directory that
  // has become too small is kept, since prefetch() may be reading it.
  struct Directory {
    size_t capacity;

    [[nodiscard]] Entry* entries() { return reinterpret_cast<Entry*>(this + 1); }
    [[nodiscard]] const Entry& entry(size_t row) const {
      return reinterpret_cast<const Entry*>(this + 1)[row];
    }
  };

  [[nodiscard]] PageOwner owner(size_t row) const { return {shard_, static_cast<uint16_t>(row)}; }
  [[nodiscard]] Entry& entry(size_t row) const {
    return directory_.load(std::memory_order_relaxed)->entries()[row];
  }
  [[nodiscard]] static size_t home_among(uint32_t order, uint64_t homes) {
    return static_cast<size_t>(order * homes >> 32U);
  }
  [[nodiscard]] size_t home(uint32_t order) const {
    return home_among(order, order < boundary_ ? low_homes_ : high_homes_);
  }
  [[nodiscard]] bool wants_to_grow() const;
  [[nodiscard]] bool is_packed() const;
  [[nodiscard]] size_t position_of(const Torrent& torrent) const;
  [[nodiscard]] bool grow_directory();
  [[nodiscard]] bool add_page();
  [[nodiscard]] bool add_pages(size_t slots);
  void drop_pages(size_t slots);
  [[nodiscard]] bool reserve_tail(size_t torrents);
  void start_growing();
  void step_growing();
  void step_shrinking();
  void finish_resizing(uint64_t homes);
  void give_back_memory();
  [[nodiscard]] bool lift_group(size_t last);
  void lower_group(size_t first);
  [[nodiscard]] Torrent* open_gap(size_t at, uint32_t order);
  void close_gap(size_t gap);

  SlotPages* pages_ = nullptr;
  std::atomic<Directory*> directory_{nullptr};
  // Whole pages; at least kTail more than there are homes.
  size_t length_ = 0;
  size_t size_ = 0;
  // The number of homes for orders below boundary_ and for the others; equal when no change of size
  // is under way. While growing, high_homes_ is the new number; while shrinking, low_homes_ is.
  uint64_t low_homes_ = 0;
  uint64_t high_homes_ = 0;
  uint64_t boundary_ = 0;
  // A position: torrents that have not moved yet are below it while growing, at it or above while
  // shrinking.
  size_t cursor_ = 0;
  std::atomic<uint64_t> published_homes_{0};
  uint16_t shard_ = 0;
  Resizing resizing_ = Resizing::none;
};

}  // namespace ot
