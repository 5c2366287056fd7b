#include "swarm/slots/slot_pages.h"

#include <sys/mman.h>

#include <algorithm>
#include <utility>

namespace ot {
namespace {

// A slab is given up when more settled pages than this stand empty. It is a quarter more than a
// slab has, so that a table that shrinks and grows a little does not move its pages each time.
constexpr size_t kFreeAllowed = Slab::kPages + Slab::kPages / 4;

}  // namespace

void SlotPages::SlabList::insert(Slab& slab) {
  slab.head.before = nullptr;
  slab.head.after = first_;
  if (first_ != nullptr) first_->head.before = &slab;
  first_ = &slab;
}

void SlotPages::SlabList::remove(Slab& slab) {
  Slab* const before = slab.head.before;
  Slab* const after = slab.head.after;
  (before == nullptr ? first_ : before->head.after) = after;
  if (after != nullptr) after->head.before = before;
}

SlotPages::~SlotPages() {
  const MutexLock lock(mutex_);
  for (SlabList& shelf : shelves_) {
    while (Slab* slab = shelf.first()) {
      shelf.remove(*slab);
      unmap(*slab);
    }
  }
  if (leaving_ != nullptr) unmap(*leaving_);
}

void* SlotPages::keep(size_t bytes) {
  const MutexLock lock(mutex_);
  return kept_.allocate(bytes);
}

SlotPages::Shelf SlotPages::shelf_of(const Slab& slab) {
  const bool is_open = slab.free_pages() != 0;
  if (slab.head.kind == SlabKind::nursery) return is_open ? nursery_open : nursery_full;
  return is_open ? settled_open : settled_full;
}

SlotPage* SlotPages::take_from(Slab& slab, PageOwner owner) {
  unshelve(slab);
  SlotPage* const page = slab.take(owner);
  shelve(slab);
  return page;
}

// A nursery's head counts as a page, and the rest of it page by page.
void SlotPages::unmap(Slab& slab) {
  if (slab.head.kind == SlabKind::settled) {
    memory_.give(Slab::kBytes);
  } else {
    memory_.give((1 + slab.head.used) * sizeof(SlotPage));
  }
  Slab::Unmap()(&slab);
}

// A nursery with a free page, for which the memory has been taken; null if there is none.
Slab* SlotPages::nursery() {
  if (!memory_.take(sizeof(SlotPage))) return nullptr;
  if (Slab* slab = shelves_[nursery_open].first()) return slab;
  if (memory_.take(sizeof(SlotPage))) {
    if (Slab* slab = Slab::map(SlabKind::nursery).release()) {
      shelve(*slab);
      return slab;
    }
    memory_.give(sizeof(SlotPage));
  }
  memory_.give(sizeof(SlotPage));
  return nullptr;
}

bool SlotPages::has(size_t pages) {
  const MutexLock lock(mutex_);
  return memory_.has((pages - std::min(pages, settled_free_)) * sizeof(SlotPage));
}

SlotPage* SlotPages::take(PageOwner owner) {
  const MutexLock lock(mutex_);
  if (settled_free_ == 0) keep_leaving();
  if (SlotPage* page = take_gap(owner)) return page;
  Slab* const slab = nursery();
  if (slab == nullptr) return nullptr;
  ++nursery_pages_;
  return take_from(*slab, owner);
}

SlotPage* SlotPages::take_settled(PageOwner owner) {
  const MutexLock lock(mutex_);
  return take_gap(owner);
}

// A page of a settled slab; null if none has a gap.
SlotPage* SlotPages::take_gap(PageOwner owner) {
  Slab* const slab = shelves_[settled_open].first();
  if (slab == nullptr) return nullptr;
  --settled_free_;
  return take_from(*slab, owner);
}

void SlotPages::give(SlotPage* page) {
  Slab& slab = Slab::of(page);
  const MutexLock lock(mutex_);
  const bool is_leaving = &slab == leaving_;
  if (!is_leaving) unshelve(slab);
  slab.give(page);
  if (slab.head.kind == SlabKind::nursery) {
    --nursery_pages_;
    memory_.give(sizeof(SlotPage));
    // It reads as zeros then; if the kernel does not take it back, they are written here.
    if (::madvise(page, sizeof(SlotPage), MADV_DONTNEED) != 0) *page = {};
  } else {
    *page = {};
  }
  if (slab.head.kind == SlabKind::settled && !is_leaving) {
    ++settled_free_;
  }
  if (slab.head.used != 0) {
    if (!is_leaving) shelve(slab);
    return;
  }
  if (is_leaving) {
    leaving_ = nullptr;
  } else if (slab.head.kind == SlabKind::settled) {
    settled_free_ -= Slab::kPages;
  }
  unmap(slab);
}

// Until all pages have moved, they and the slab are both counted, hence room for two.
bool SlotPages::wants_slab() {
  const MutexLock lock(mutex_);
  return nursery_pages_ >= Slab::kPages && settled_free_ == 0 && memory_.has(2 * Slab::kBytes);
}

bool SlotPages::add(Slab::Memory slab) {
  if (!memory_.take(Slab::kBytes)) return false;
  const MutexLock lock(mutex_);
  settled_free_ += Slab::kPages;
  shelve(*slab.release());
  return true;
}

// The slab whose pages are to move into the gaps of the others, which have room for all of them;
// null if there is none. An empty one goes back to the kernel right away.
Slab* SlotPages::slab_to_empty() {
  if (leaving_ != nullptr || settled_free_ < kFreeAllowed) return leaving_;
  Slab* emptiest = shelves_[settled_open].first();
  for (Slab* slab = emptiest; slab != nullptr; slab = slab->head.after) {
    if (slab->free_pages() > emptiest->free_pages()) emptiest = slab;
  }
  unshelve(*emptiest);
  settled_free_ -= emptiest->free_pages();
  if (emptiest->head.used != 0) return leaving_ = emptiest;
  unmap(*emptiest);
  return nullptr;
}

// New pages have taken the gaps, so the slab that was to leave stays.
void SlotPages::keep_leaving() {
  Slab* const stays = std::exchange(leaving_, nullptr);
  if (stays == nullptr) return;
  settled_free_ += stays->free_pages();
  shelve(*stays);
}

std::optional<SlotPages::Move> SlotPages::next_move() {
  const MutexLock lock(mutex_);
  Slab* from = nullptr;
  if (nursery_pages_ != 0) {
    from = shelves_[nursery_full].first();
    if (from == nullptr) from = shelves_[nursery_open].first();
  } else {
    from = slab_to_empty();
  }
  if (from == nullptr) return std::nullopt;
  if (settled_free_ == 0) {
    keep_leaving();
    return std::nullopt;
  }
  SlotPage* const page = from->first_used();
  return Move{from->owner_of(page), page};
}

}  // namespace ot
