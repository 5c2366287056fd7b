#include "swarm/slots/arena.h"

#include <algorithm>
#include <new>

namespace ot {

Arena::~Arena() {
  while (Chunk* chunk = last_) {
    last_ = chunk->before;
    memory_.release(chunk, chunk->size);
  }
}

void* Arena::allocate(size_t bytes) {
  const size_t wanted = (bytes + alignof(Chunk) - 1) / alignof(Chunk) * alignof(Chunk);
  if (last_ == nullptr || last_->size - last_->used < wanted) {
    if (!add_chunk(wanted)) return nullptr;
  }
  auto* const room = reinterpret_cast<uint8_t*>(last_) + last_->used;
  last_->used += wanted;
  return room;
}

// Twice as large as the one before, within limits, and with room for `bytes`.
bool Arena::add_chunk(size_t bytes) {
  constexpr size_t kSmallest = 4096;
  constexpr size_t kLargest = 65536;
  const size_t next = last_ == nullptr ? kSmallest : std::min(2 * last_->size, kLargest);
  const size_t size = MemoryBudget::block_size(std::max(next - 16, bytes + sizeof(Chunk)));
  void* const memory = memory_.resize(nullptr, 0, size);
  if (memory == nullptr) return false;
  last_ = new (memory) Chunk{last_, size, sizeof(Chunk)};
  return true;
}

}  // namespace ot
