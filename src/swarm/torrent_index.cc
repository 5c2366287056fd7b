#include "swarm/torrent_index.h"

#include <sys/mman.h>

#include <algorithm>
#include <cassert>
#include <cstring>

namespace ot {
namespace {

constexpr size_t kSlotsPerPage = 4096 / sizeof(Torrent);
// Slots after the last home, for the run that begins there.
constexpr size_t kTail = 16;
// How many slots one step looks at while the size changes. Insertions alone must finish a change
// before the next.
constexpr size_t kStepSlots = 32;
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

bool TorrentIndex::is_too_full() const { return (size_ + 1) * 20 > low_homes_ * 17; }

Torrent* TorrentIndex::insert(const InfoHash& info_hash, uint32_t order) {
  step();
  if (!is_resizing() && is_too_full() && !start_growing() && is_packed()) return nullptr;
  Torrent* torrent = open_gap(home(order), order);
  if (torrent == nullptr && !is_resizing() && start_growing())
    torrent = open_gap(home(order), order);
  if (torrent == nullptr) return nullptr;
  torrent->occupy(info_hash, order);
  ++size_;
  return torrent;
}

void TorrentIndex::erase(Torrent* torrent) {
  close_gap(static_cast<size_t>(torrent - slots_));
  --size_;
  if (!is_resizing() && length_ > kSlotsPerPage && size_ * 2 < low_homes_) start_shrinking();
  step();
}

// Frees the first slot at or after `from` whose order is larger, moving the run behind it up by
// one. Null if the run reaches the end of the array.
Torrent* TorrentIndex::open_gap(size_t from, uint32_t order) {
  size_t at = from;
  while (at < length_ && slots_[at].is_occupied() && slots_[at].order() <= order) ++at;
  size_t end = at;
  while (end < length_ && slots_[end].is_occupied()) ++end;
  if (end >= length_) return nullptr;
  std::memmove(slots_ + at + 1, slots_ + at, (end - at) * sizeof(Torrent));
  // What still awaits its new home must stay on its side of the cursor.
  if (is_growing() && order < boundary_) cursor_ = std::max(cursor_, end + 1);
  if (is_shrinking() && order >= boundary_) cursor_ = std::min(cursor_, at);
  return slots_ + at;
}

// Empties a slot and moves the run behind it down by one, as far as homes allow.
void TorrentIndex::close_gap(size_t gap) {
  size_t end = gap + 1;
  while (end < length_ && slots_[end].is_occupied() && home(slots_[end].order()) < end) ++end;
  std::memmove(slots_ + gap, slots_ + gap + 1, (end - gap - 1) * sizeof(Torrent));
  slots_[end - 1].clear();
  if (is_shrinking() && gap < cursor_ && cursor_ < end) --cursor_;
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
  return true;
}

bool TorrentIndex::start_growing() {
  const size_t old_length = length_;
  const size_t eighth = old_length / 8 / kSlotsPerPage * kSlotsPerPage;
  if (!resize_memory(old_length + std::max(eighth, kSlotsPerPage))) return false;
  high_homes_ = length_ - kTail;
  boundary_ = kAllOrders;
  cursor_ = old_length;
  if (size_ == 0) finish_resizing(high_homes_);
  publish();
  return true;
}

void TorrentIndex::start_shrinking() {
  const size_t slots = whole_pages(size_ + size_ / 3 + kTail);
  if (slots >= length_) return;
  low_homes_ = slots - kTail;
  boundary_ = 0;
  cursor_ = 0;
}

void TorrentIndex::finish_resizing(uint64_t homes) {
  low_homes_ = homes;
  high_homes_ = homes;
  boundary_ = 0;
  publish();
}

void TorrentIndex::step() {
  if (is_growing()) step_growing();
  if (is_shrinking()) step_shrinking();
}

void TorrentIndex::step_growing() {
  // lift_group() may push the last run up by a whole group of equal orders; more than two are
  // unheard of.
  for (size_t i = 1; i <= kTail / 2; ++i) {
    if (slots_[length_ - i].is_occupied() && !resize_memory(length_ + kSlotsPerPage)) return;
  }
  for (size_t looked_at = 0; looked_at < kStepSlots && cursor_ > 0; ++looked_at) {
    const Torrent& last = slots_[cursor_ - 1];
    if (last.is_occupied() && last.order() < boundary_) {
      lift_group(cursor_ - 1);
    } else {
      --cursor_;
    }
  }
  if (cursor_ == 0) finish_resizing(high_homes_);
  publish();
}

// Gives the torrents of the highest order without a new home, which end at `last`, their place by
// high_homes_. They go together: a boundary between equal orders would lose one of them.
void TorrentIndex::lift_group(size_t last) {
  const uint32_t order = slots_[last].order();
  const size_t new_home = home_among(order, high_homes_);
  size_t at = last + 1;
  while (at > 0 && slots_[at - 1].is_occupied() && slots_[at - 1].order() == order) {
    --at;
    if (new_home <= at) continue;  // pushed that far already
    const Torrent moving = slots_[at];
    slots_[at].clear();
    Torrent* place = open_gap(new_home, order);
    assert(place != nullptr);
    *place = moving;
  }
  boundary_ = order;
  cursor_ = at;
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
  if (cursor_ < length_) return;
  size_t end = low_homes_;
  while (end < length_ && slots_[end].is_occupied()) ++end;
  finish_resizing(low_homes_);
  // If the kernel refuses, the array stays longer than it needs to be.
  [[maybe_unused]] const bool resized =
      resize_memory(std::min(length_, whole_pages(std::max(low_homes_ + kTail, end + 1))));
  publish();
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
