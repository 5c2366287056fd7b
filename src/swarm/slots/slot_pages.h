// The memory of all shards' slots: pages of 64 slots from slabs of 2 MiB.
//
// A shard's slots are too few for huge pages of their own, and with pages of 4 KiB the processor
// waits longer for a slot's address than for the slot: no TLB covers a table of a million torrents.
// So shards share huge pages. The kernel takes a third of a millisecond to clear one, on some hosts
// twenty, and no announce can wait that long: if no settled slab has a gap, a new page comes from a
// nursery slab of small pages. When there are enough of those to fill a slab, a settled slab is
// made away from the loop (Slab::map(), add()), and the pages move there one by one. When many
// settled pages have become free, the pages of the emptiest slab move into the gaps of the others,
// and it goes back to the kernel. See docs/decisions/0009-slots-in-shared-huge-pages.md.
//
// Thread-safe: take() and give() are called under a shard's lock and take another one inside.
#pragma once

#include <array>
#include <optional>

#include "base/mutex.h"
#include "swarm/slots/arena.h"
#include "swarm/slots/slab.h"

namespace ot {

class SlotPages {
 public:
  // The budget must outlive this.
  explicit SlotPages(MemoryBudget& memory) : memory_(memory), kept_(memory) {}
  SlotPages(const SlotPages&) = delete;
  SlotPages& operator=(const SlotPages&) = delete;
  ~SlotPages();

  // For the shards' directories of their pages: as Arena::allocate().
  [[nodiscard]] void* keep(size_t bytes);

  // Whether there is memory for that many pages now.
  [[nodiscard]] bool has(size_t pages);
  // A page without torrents; null if there is no memory.
  [[nodiscard]] SlotPage* take(PageOwner owner);
  // Takes a page back, whatever is in it.
  void give(SlotPage* page);

  // Whether one more settled slab would be filled at once, and there is memory for it.
  [[nodiscard]] bool wants_slab();
  // Takes in a slab of the settled kind. If there is no memory for it, frees it and returns false.
  bool add(Slab::Memory slab);

  struct Move {
    PageOwner owner;
    SlotPage* page;
  };
  // A page that belongs elsewhere, if there is room for it there. Move it under the owner's lock,
  // to a page from take_settled(), if it is still the owner's.
  [[nodiscard]] std::optional<Move> next_move();
  // As take(), but in a settled slab or not at all.
  [[nodiscard]] SlotPage* take_settled(PageOwner owner);

 private:
  // Slabs with and without free pages.
  enum Shelf : size_t { nursery_open, nursery_full, settled_open, settled_full, kShelves };

  // A list of slabs through their heads.
  class SlabList {
   public:
    [[nodiscard]] Slab* first() const { return first_; }
    void insert(Slab& slab);
    void remove(Slab& slab);

   private:
    Slab* first_ = nullptr;
  };

  [[nodiscard]] static Shelf shelf_of(const Slab& slab);
  void shelve(Slab& slab) OT_REQUIRES(mutex_) { shelves_[shelf_of(slab)].insert(slab); }
  void unshelve(Slab& slab) OT_REQUIRES(mutex_) { shelves_[shelf_of(slab)].remove(slab); }
  void keep_leaving() OT_REQUIRES(mutex_);
  SlotPage* take_from(Slab& slab, PageOwner owner) OT_REQUIRES(mutex_);
  [[nodiscard]] SlotPage* take_gap(PageOwner owner) OT_REQUIRES(mutex_);
  void unmap(Slab& slab) OT_REQUIRES(mutex_);
  [[nodiscard]] Slab* nursery() OT_REQUIRES(mutex_);
  [[nodiscard]] Slab* slab_to_empty() OT_REQUIRES(mutex_);

  MemoryBudget& memory_;
  Mutex mutex_;
  std::array<SlabList, kShelves> shelves_ OT_GUARDED_BY(mutex_);
  // A settled slab whose pages move into others; on no shelf.
  Slab* leaving_ OT_GUARDED_BY(mutex_) = nullptr;
  size_t nursery_pages_ OT_GUARDED_BY(mutex_) = 0;  // in use
  size_t settled_free_ OT_GUARDED_BY(mutex_) = 0;   // on the shelves
  Arena kept_ OT_GUARDED_BY(mutex_);
};

}  // namespace ot
