#include "swarm/slots/torrent_index.h"

#include <algorithm>
#include <cassert>
#include <new>

namespace ot {
namespace {

// Slots after the last home, for the run that begins there.
constexpr size_t kTail = 16;
// Above a load of 17/20 the table grows by a 16th; if there is no memory for that, it takes in
// torrents up to a load of 15/16.
constexpr size_t kGrowth = 16;
// How many slots one step looks at while the size changes. Insertions alone must finish a change
// before the next is due: 1/32 of the slots against 17/20 of 1/kGrowth.
constexpr size_t kStepSlots = 32;
// How many pages one operation takes and gives back; each costs half a microsecond.
constexpr size_t kTakenAtOnce = 32 * SlotPage::kSlots;
constexpr size_t kGivenBackAtOnce = 64 * SlotPage::kSlots;
constexpr uint64_t kAllOrders = uint64_t{1} << 32U;

constexpr size_t whole_pages(size_t slots) {
  return (slots + SlotPage::kSlots - 1) / SlotPage::kSlots * SlotPage::kSlots;
}

}  // namespace

Torrent* TorrentIndex::find(const InfoHash& info_hash, uint32_t order) {
  for (size_t at = home(order); at < length_; ++at) {
    Torrent& torrent = slot(at);
    if (!torrent.is_occupied() || torrent.order() > order) return nullptr;
    if (torrent.order() == order && torrent.info_hash() == info_hash) return &torrent;
  }
  return nullptr;
}

size_t TorrentIndex::position_after(uint32_t order, size_t twins) const {
  size_t at = home(order);
  while (at < length_ && slot(at).is_occupied() && slot(at).order() < order) ++at;
  for (; twins > 0 && at < length_ && slot(at).is_occupied(); --twins) {
    if (slot(at).order() != order) break;
    ++at;
  }
  return at;
}

uint64_t TorrentIndex::lowest_order_from(size_t position) const {
  if (position >= length_) return kAllOrders;
  if (slot(position).is_occupied()) return slot(position).order();
  // No torrent is pushed past an empty slot, so the homes of the following ones are here or later.
  const auto lowest = [position](uint64_t homes) {
    return ((uint64_t{position} << 32U) + homes - 1) / homes;
  };
  const uint64_t low = lowest(low_homes_);
  return low < boundary_ ? low : std::max(boundary_, lowest(high_homes_));
}

bool TorrentIndex::wants_to_grow() const { return (size_ + 1) * 20 > low_homes_ * 17; }

void TorrentIndex::reserve(size_t torrents) {
  if (length_ != 0 || torrents == 0) return;
  const size_t slots = whole_pages(torrents * 20 / 17 + 1 + kTail);
  if (add_pages(slots)) finish_resizing(slots - kTail);
}

// Not asked while the size changes: if there is no room for its tail, an insertion finds none
// either.
bool TorrentIndex::is_packed() const { return !is_resizing() && size_ * 16 >= low_homes_ * 15; }

Torrent* TorrentIndex::insert(const InfoHash& info_hash, uint32_t order) {
  assert(pages_ != nullptr && find(info_hash, order) == nullptr);
  step();
  if (!is_resizing() && wants_to_grow()) start_growing();
  if (is_packed() || !reserve_tail(1)) return nullptr;
  size_t at = home(order);
  while (slot(at).is_occupied() && slot(at).order() <= order) ++at;
  Torrent* torrent = open_gap(at, order);
  torrent->occupy(info_hash, order);
  ++size_;
  return torrent;
}

// Not far from its home, since find() has found it there.
size_t TorrentIndex::position_of(const Torrent& torrent) const {
  size_t at = home(torrent.order());
  while (&slot(at) != &torrent) ++at;
  return at;
}

void TorrentIndex::erase(Torrent* torrent) {
  assert(torrent->is_occupied());
  close_gap(position_of(*torrent));
  --size_;
  step();
}

// Makes room at the end of the array for that many more torrents, wherever they are inserted. None
// of the last kTail slots is a home, so torrents there are the end of a run: if one slot is free,
// the slots after it are, too.
bool TorrentIndex::reserve_tail(size_t torrents) {
  if (torrents <= kTail && !slot(length_ - torrents).is_occupied()) return true;
  return add_pages(length_ + whole_pages(torrents));
}

// Frees the slot for a torrent of that order by moving the run that stands there up by one. The
// tail must have room for that.
Torrent* TorrentIndex::open_gap(size_t at, uint32_t order) {
  size_t end = at;
  while (slot(end).is_occupied()) ++end;
  for (size_t to = end; to > at; --to) slot(to) = slot(to - 1);
  // Torrents that still await their new home must stay on their side of the cursor.
  if (resizing_ == Resizing::growing) {
    if (cursor_ > at && cursor_ <= end) ++cursor_;
    if (order < boundary_) cursor_ = std::max(cursor_, at + 1);
  }
  if (resizing_ == Resizing::shrinking && order >= boundary_) cursor_ = std::min(cursor_, at);
  return &slot(at);
}

// Empties a slot and moves the run after it down by one, as far as homes allow.
void TorrentIndex::close_gap(size_t gap) {
  size_t end = gap + 1;
  for (; end < length_ && slot(end).is_occupied() && home(slot(end).order()) < end; ++end)
    slot(end - 1) = slot(end);
  slot(end - 1).clear();
  if (resizing_ == Resizing::shrinking && gap < cursor_ && cursor_ < end) --cursor_;
}

// Doubles, so that all the old directories together, which are kept, take less memory than the new
// one.
bool TorrentIndex::grow_directory() {
  constexpr size_t kFirst = 15;  // 128 bytes
  Directory* const old = directory_.load(std::memory_order_relaxed);
  const size_t before = old == nullptr ? 0 : old->capacity;
  const size_t capacity = old == nullptr ? kFirst : 2 * before + 1;
  void* const room = pages_->keep(sizeof(Directory) + capacity * sizeof(Entry));
  if (room == nullptr) return false;
  auto* const fresh = new (room) Directory{capacity};
  for (size_t row = 0; row < capacity; ++row) {
    SlotPage* page = row < before ? old->entries()[row].load(std::memory_order_relaxed) : nullptr;
    new (fresh->entries() + row) Entry(page);
  }
  directory_.store(fresh, std::memory_order_release);
  return true;
}

bool TorrentIndex::add_page() {
  const size_t row = length_ / kPageSlots;
  if (row > UINT16_MAX) return false;
  SlotPage* const page = pages_->take(owner(row));
  if (page == nullptr) return false;
  const Directory* const directory = directory_.load(std::memory_order_relaxed);
  if ((directory == nullptr || row == directory->capacity) && !grow_directory()) {
    pages_->give(page);
    return false;
  }
  entry(row).store(page, std::memory_order_relaxed);
  length_ += kPageSlots;
  return true;
}

// Adds pages up to that many slots; false, with none added, if there is no memory for all of them.
bool TorrentIndex::add_pages(size_t slots) {
  const size_t before = length_;
  while (length_ < slots) {
    if (add_page()) continue;
    drop_pages(before);
    return false;
  }
  return true;
}

// Gives pages back down to that many slots; those after them must be empty.
void TorrentIndex::drop_pages(size_t slots) {
  while (length_ > slots) {
    length_ -= kPageSlots;
    pages_->give(entry(length_ / kPageSlots).exchange(nullptr, std::memory_order_relaxed));
  }
}

void TorrentIndex::settle(size_t row, SlotPage* page) {
  // It may have been given back meanwhile.
  if (entry(row).load(std::memory_order_relaxed) != page) return;
  SlotPage* settled = pages_->take_settled(owner(row));
  if (settled == nullptr) return;
  *settled = *page;
  entry(row).store(settled, std::memory_order_relaxed);
  pages_->give(page);
}

// A large shard gets its pages in the course of several insertions, and starts when it has them
// all.
void TorrentIndex::start_growing() {
  // One more than there are, so that the smallest table grows by a page.
  const size_t slots = whole_pages(low_homes_ + low_homes_ / kGrowth + 1 + kTail);
  if (slots > length_) {
    const bool has_memory = pages_->has((slots - length_) / kPageSlots);
    if (!has_memory || !add_pages(std::min(slots, length_ + kTakenAtOnce))) return;
    if (slots > length_) return;
  }
  high_homes_ = slots - kTail;
  boundary_ = kAllOrders;
  cursor_ = length_;
  resizing_ = Resizing::growing;
  if (size_ == 0) finish_resizing(high_homes_);
}

void TorrentIndex::shrink_if_sparse() {
  if (is_resizing() || size_ * 2 >= low_homes_) return;
  const uint64_t homes = whole_pages(size_ + size_ / 3 + kTail) - kTail;
  if (homes >= low_homes_) return;
  low_homes_ = homes;
  boundary_ = 0;
  cursor_ = 0;
  resizing_ = Resizing::shrinking;
}

void TorrentIndex::finish_resizing(uint64_t homes) {
  low_homes_ = homes;
  high_homes_ = homes;
  boundary_ = 0;
  resizing_ = Resizing::none;
  published_homes_.store(homes, std::memory_order_release);
}

void TorrentIndex::step() {
  switch (resizing_) {
    case Resizing::none:
      give_back_memory();
      break;
    case Resizing::growing:
      step_growing();
      break;
    case Resizing::shrinking:
      step_shrinking();
      break;
  }
}

// Gives back what is left after the tail when the table has shrunk, except for one page: otherwise
// a run that grows and shrinks at the end of the array would map and unmap it again and again.
void TorrentIndex::give_back_memory() {
  if (wants_to_grow()) return;
  const size_t needed = whole_pages(low_homes_ + kTail);
  if (length_ <= needed + kPageSlots) return;
  const size_t slots = std::max(needed, length_ - std::min(length_, kGivenBackAtOnce));
  if (!slot(slots - 1).is_occupied()) drop_pages(slots);
}

void TorrentIndex::step_growing() {
  for (size_t looked_at = 0; looked_at < kStepSlots && cursor_ > 0; ++looked_at) {
    const Torrent& last = slot(cursor_ - 1);
    if (!last.is_occupied() || last.order() >= boundary_) {
      --cursor_;
    } else if (!lift_group(cursor_ - 1)) {
      return;
    }
  }
  if (cursor_ == 0) finish_resizing(high_homes_);
}

// Moves the torrents that have the highest order not moved yet, and end at `last`, to their places
// by high_homes_. They go together or not at all: a boundary between equal orders would lose one of
// them. False if the tail has no room.
bool TorrentIndex::lift_group(size_t last) {
  const uint32_t order = slot(last).order();
  size_t first = last;
  while (first > 0 && slot(first - 1).is_occupied() && slot(first - 1).order() == order) {
    --first;
  }
  const size_t new_home = home_among(order, high_homes_);
  if (new_home > first && !reserve_tail(last + 1 - first)) return false;
  // Those at the new home or after it have been pushed that far already. All lower orders stand
  // below the group, so the rest goes right there, the last first.
  for (size_t at = std::min(last + 1, std::max(new_home, first)); at-- > first;) {
    const Torrent moving = slot(at);
    slot(at).clear();
    *open_gap(new_home, order) = moving;
  }
  boundary_ = order;
  cursor_ = first;
  return true;
}

void TorrentIndex::step_shrinking() {
  for (size_t looked_at = 0; looked_at < kStepSlots && cursor_ < length_; ++looked_at) {
    const Torrent& first = slot(cursor_);
    if (first.is_occupied() && first.order() >= boundary_) {
      lower_group(cursor_);
    } else {
      ++cursor_;
    }
  }
  if (cursor_ == length_) finish_resizing(low_homes_);
}

// The mirror image of lift_group(): moves the torrents of the lowest order, which start at `first`,
// down to low_homes_.
void TorrentIndex::lower_group(size_t first) {
  const uint32_t order = slot(first).order();
  size_t at = first;
  while (at < length_ && slot(at).is_occupied() && slot(at).order() == order) {
    size_t place = home_among(order, low_homes_);
    while (place < at && slot(place).is_occupied()) ++place;
    if (place == at) {
      ++at;
      continue;
    }
    slot(place) = slot(at);
    close_gap(at);
  }
  boundary_ = uint64_t{order} + 1;
  cursor_ = at;
}

}  // namespace ot
