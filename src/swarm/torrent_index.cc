#include "swarm/torrent_index.h"

#include <sys/mman.h>

#include <algorithm>
#include <cstring>

namespace ot {
namespace {

constexpr size_t kSlotsPerPage = 4096 / sizeof(Torrent);
// Slots after the last home, for the run that begins there.
constexpr size_t kTail = 16;
// The table grows by a 16th above 17/20, and takes no more above 15/16 if there is no memory to
// grow.
constexpr size_t kGrowth = 16;
// How many slots one step looks at while the size changes. Insertions alone must finish a change
// before the next is due: 1/32 of the slots against 17/20 of 1/kGrowth.
constexpr size_t kStepSlots = 32;
// Unmapping costs some 0.2 us a page.
constexpr size_t kGivenBackAtOnce = 64 * kSlotsPerPage;
constexpr uint64_t kAllOrders = uint64_t{1} << 32U;

constexpr size_t whole_pages(size_t slots) {
  return (slots + kSlotsPerPage - 1) / kSlotsPerPage * kSlotsPerPage;
}

}  // namespace

TorrentIndex::~TorrentIndex() {
  if (slots_ == nullptr) return;
  ::munmap(slots_, length_ * sizeof(Torrent));
  memory_->give(length_ * sizeof(Torrent));
}

void TorrentIndex::publish() {
  published_slots_.store(slots_, std::memory_order_relaxed);
  published_homes_.store(low_homes_, std::memory_order_relaxed);
}

Torrent* TorrentIndex::find(const InfoHash& info_hash, uint32_t order) {
  if (slots_ == nullptr) return nullptr;
  for (size_t at = home(order); at < length_; ++at) {
    Torrent& torrent = slots_[at];
    if (!torrent.is_occupied() || torrent.order() > order) return nullptr;
    if (torrent.order() == order && torrent.info_hash() == info_hash) return &torrent;
  }
  return nullptr;
}

size_t TorrentIndex::position_after(uint32_t order, size_t twins) const {
  size_t at = slots_ == nullptr ? length_ : home(order);
  while (at < length_ && slots_[at].is_occupied() && slots_[at].order() < order) ++at;
  for (; twins > 0 && at < length_ && slots_[at].is_occupied(); --twins) {
    if (slots_[at].order() != order) break;
    ++at;
  }
  return at;
}

uint64_t TorrentIndex::lowest_order_from(size_t position) const {
  if (position >= length_) return kAllOrders;
  if (slots_[position].is_occupied()) return slots_[position].order();
  // Nothing is pushed across an empty slot, so what comes has its home here or later.
  const auto lowest = [position](uint64_t homes) {
    return ((uint64_t{position} << 32U) + homes - 1) / homes;
  };
  const uint64_t low = lowest(low_homes_);
  return low < boundary_ ? low : std::max(boundary_, lowest(high_homes_));
}

bool TorrentIndex::wants_to_grow() const { return (size_ + 1) * 20 > low_homes_ * 17; }

void TorrentIndex::reserve(size_t torrents) {
  if (slots_ != nullptr || torrents == 0) return;
  const size_t slots = whole_pages(torrents * 20 / 17 + 1 + kTail);
  if (resize_memory(slots)) finish_resizing(slots - kTail);
}

// Before Linux 5.14 the pages come one by one.
void TorrentIndex::populate() {
  if (slots_ != nullptr) ::madvise(slots_, length_ * sizeof(Torrent), MADV_POPULATE_WRITE);
}

// A change of size under way is finished in time: where it finds no room for its tail, neither does
// an insertion.
bool TorrentIndex::is_packed() const { return !is_resizing() && size_ * 16 >= low_homes_ * 15; }

Torrent* TorrentIndex::insert(const InfoHash& info_hash, uint32_t order) {
  step();
  if (!is_resizing() && wants_to_grow()) start_growing();
  if (is_packed() || !reserve_tail(1)) return nullptr;
  size_t at = home(order);
  while (slots_[at].is_occupied() && slots_[at].order() <= order) ++at;
  Torrent* torrent = open_gap(at, order);
  torrent->occupy(info_hash, order);
  ++size_;
  return torrent;
}

void TorrentIndex::erase(Torrent* torrent) {
  close_gap(static_cast<size_t>(torrent - slots_));
  --size_;
  step();
}

// Room for so many torrents more at the end of the array, wherever they are inserted. No home is
// among the last kTail slots, so what stands there is the end of a run: if one of them is free, the
// rest is too.
bool TorrentIndex::reserve_tail(size_t torrents) {
  if (torrents <= kTail && !slots_[length_ - torrents].is_occupied()) return true;
  return resize_memory(length_ + whole_pages(torrents));
}

// Frees the slot for a torrent of that order, moving the run that stands there up by one. The tail
// must have room for that.
Torrent* TorrentIndex::open_gap(size_t at, uint32_t order) {
  size_t end = at;
  while (slots_[end].is_occupied()) ++end;
  std::memmove(slots_ + at + 1, slots_ + at, (end - at) * sizeof(Torrent));
  // What still awaits its new home must stay on its side of the cursor.
  if (resizing_ == Resizing::growing) {
    if (cursor_ > at && cursor_ <= end) ++cursor_;
    if (order < boundary_) cursor_ = std::max(cursor_, at + 1);
  }
  if (resizing_ == Resizing::shrinking && order >= boundary_) cursor_ = std::min(cursor_, at);
  return slots_ + at;
}

// Empties a slot and moves the run behind it down by one, as far as homes allow.
void TorrentIndex::close_gap(size_t gap) {
  size_t end = gap + 1;
  while (end < length_ && slots_[end].is_occupied() && home(slots_[end].order()) < end) ++end;
  std::memmove(slots_ + gap, slots_ + gap + 1, (end - gap - 1) * sizeof(Torrent));
  slots_[end - 1].clear();
  if (resizing_ == Resizing::shrinking && gap < cursor_ && cursor_ < end) --cursor_;
}

bool TorrentIndex::resize_memory(size_t slots) {
  const size_t old_bytes = length_ * sizeof(Torrent);
  const size_t new_bytes = slots * sizeof(Torrent);
  if (new_bytes > old_bytes && !memory_->take(new_bytes - old_bytes)) return false;
  void* memory = slots_ == nullptr ? ::mmap(nullptr, new_bytes, PROT_READ | PROT_WRITE,
                                            MAP_PRIVATE | MAP_ANONYMOUS, -1, 0)
                                   : ::mremap(slots_, old_bytes, new_bytes, MREMAP_MAYMOVE);
  if (memory == MAP_FAILED) {
    if (new_bytes > old_bytes) memory_->give(new_bytes - old_bytes);
    return false;
  }
  if (new_bytes < old_bytes) memory_->give(old_bytes - new_bytes);
  slots_ = static_cast<Torrent*>(memory);
  length_ = slots;
  publish();
  return true;
}

void TorrentIndex::start_growing() {
  const size_t old_length = length_;
  // One more than there are, so that the smallest table grows by a page.
  const size_t slots = whole_pages(low_homes_ + low_homes_ / kGrowth + 1 + kTail);
  if (slots > length_ && !resize_memory(slots)) return;
  high_homes_ = slots - kTail;
  boundary_ = kAllOrders;
  cursor_ = old_length;
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
  publish();
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

// What is left behind the tail when the table has shrunk. A page is kept, lest a run that breathes
// at the end of the array has it mapped and unmapped for ever.
void TorrentIndex::give_back_memory() {
  const size_t needed = whole_pages(low_homes_ + kTail);
  if (length_ <= needed + kSlotsPerPage) return;
  const size_t slots = std::max(needed, length_ - std::min(length_, kGivenBackAtOnce));
  // If the kernel refuses, the array stays longer than it needs to be.
  if (!slots_[slots - 1].is_occupied() && !resize_memory(slots)) return;
}

void TorrentIndex::step_growing() {
  for (size_t looked_at = 0; looked_at < kStepSlots && cursor_ > 0; ++looked_at) {
    const Torrent& last = slots_[cursor_ - 1];
    if (!last.is_occupied() || last.order() >= boundary_) {
      --cursor_;
    } else if (!lift_group(cursor_ - 1)) {
      return;
    }
  }
  if (cursor_ == 0) finish_resizing(high_homes_);
}

// Gives the torrents of the highest order without a new home, which end at `last`, their place by
// high_homes_. They go together or not at all: a boundary between equal orders would lose one of
// them. False if the tail has no room.
bool TorrentIndex::lift_group(size_t last) {
  const uint32_t order = slots_[last].order();
  size_t first = last;
  while (first > 0 && slots_[first - 1].is_occupied() && slots_[first - 1].order() == order) {
    --first;
  }
  const size_t new_home = home_among(order, high_homes_);
  if (new_home > first && !reserve_tail(last + 1 - first)) return false;
  // Those at the new home or behind it have been pushed that far already. All lower orders stand
  // below the group, so the rest goes right there, the last first.
  for (size_t at = std::min(last + 1, std::max(new_home, first)); at-- > first;) {
    const Torrent moving = slots_[at];
    slots_[at].clear();
    *open_gap(new_home, order) = moving;
  }
  boundary_ = order;
  cursor_ = first;
  return true;
}

void TorrentIndex::step_shrinking() {
  for (size_t looked_at = 0; looked_at < kStepSlots && cursor_ < length_; ++looked_at) {
    const Torrent& first = slots_[cursor_];
    if (first.is_occupied() && first.order() >= boundary_) {
      lower_group(cursor_);
    } else {
      ++cursor_;
    }
  }
  if (cursor_ == length_) finish_resizing(low_homes_);
}

// The mirror of lift_group(): the torrents of the lowest order that start at `first` go down to
// low_homes_.
void TorrentIndex::lower_group(size_t first) {
  const uint32_t order = slots_[first].order();
  size_t at = first;
  while (at < length_ && slots_[at].is_occupied() && slots_[at].order() == order) {
    size_t place = home_among(order, low_homes_);
    while (place < at && slots_[place].is_occupied()) ++place;
    if (place == at) {
      ++at;
      continue;
    }
    slots_[place] = slots_[at];
    close_gap(at);
  }
  boundary_ = uint64_t{order} + 1;
  cursor_ = at;
}

}  // namespace ot
