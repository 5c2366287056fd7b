#include "swarm/peers/peer_list.h"

#include <array>
#include <bit>
#include <cassert>
#include <cstddef>

namespace ot {

// Directory and blocks are one allocation: header, then `capacity` blocks; the first `blocks` are
// in use.
template <typename Peer>
struct PeerList<Peer>::Directory {
  uint32_t leechers;
  uint32_t seeders;
  uint32_t blocks;
  uint32_t capacity;

  [[nodiscard]] Block* first() { return reinterpret_cast<Block*>(this + 1); }
  [[nodiscard]] static size_t bytes_for(uint32_t capacity) {
    return MemoryBudget::block_size(sizeof(Directory) + capacity * sizeof(Block));
  }
};

namespace {

template <typename Peer>
size_t bytes_for(size_t capacity) {
  return MemoryBudget::block_size(capacity * sizeof(Peer));
}

// Gives the array room for `wanted` peers or more, as much as malloc gives anyway. False, and the
// block is unchanged, if there is no memory.
template <typename Peer>
bool reallocate(PeerBlock<Peer>& block, size_t wanted, MemoryBudget& memory) {
  assert(wanted >= block.size());
  const size_t capacity = bytes_for<Peer>(wanted) / sizeof(Peer);
  const bool borrowed = block.storage == PeerStorage::borrowed;
  void* old = borrowed ? nullptr : block.peers;
  void* grown = memory.resize(old, bytes_for<Peer>(block.capacity), bytes_for<Peer>(capacity));
  if (grown == nullptr) return false;
  auto* peers = static_cast<Peer*>(grown);
  if (borrowed) std::copy_n(block.peers, block.size(), peers);
  block.peers = peers;
  block.capacity = static_cast<uint16_t>(capacity);
  block.storage = PeerStorage::block;
  return true;
}

// Makes room for one more: an eighth at a time, so that slack stays small.
template <typename Peer>
bool reserve_one(PeerBlock<Peer>& block, MemoryBudget& memory) {
  if (block.size() >= PeerList<Peer>::kBlockLimit) return false;
  if (block.size() < block.capacity) return true;
  return reallocate(block, block.size() + 1 + block.size() / 8, memory);
}

template <typename Peer>
void shrink(PeerBlock<Peer>& block, MemoryBudget& memory) {
  if (block.storage != PeerStorage::block) return;
  if (block.size() == 0) {
    memory.release(block.peers, bytes_for<Peer>(block.capacity));
    block = {};
    return;
  }
  if (block.size() + block.size() / 4 + 4 >= block.capacity) return;
  // If realloc fails, the larger array stays, which does no harm.
  [[maybe_unused]] const bool shrunk = reallocate(block, block.size() + block.size() / 8, memory);
}

// The block that the peers of the last of `count` blocks come from, and go back to.
uint32_t buddy_of_last(uint32_t count) {
  assert(count > 1);
  return (count - 1) & ((std::bit_ceil(count) >> 1U) - 1);
}

}  // namespace

template <typename Peer>
PeerList<Peer> PeerList<Peer>::borrow(Peer* peers, unsigned leechers, unsigned seeders,
                                      size_t capacity) {
  assert(size_t{leechers} + seeders <= capacity);
  PeerList list;
  list.only_ = {peers, static_cast<uint16_t>(leechers), static_cast<uint16_t>(seeders),
                static_cast<uint16_t>(capacity), PeerStorage::borrowed};
  return list;
}

template <typename Peer>
typename PeerList<Peer>::Directory& PeerList<Peer>::directory() const {
  assert(is_directory());
  return *reinterpret_cast<Directory*>(only_.peers);
}

template <typename Peer>
uint32_t PeerList<Peer>::leechers() const {
  return is_directory() ? directory().leechers : only_.leechers;
}

template <typename Peer>
uint32_t PeerList<Peer>::seeders() const {
  return is_directory() ? directory().seeders : only_.seeders;
}

template <typename Peer>
uint32_t PeerList<Peer>::block_count() const {
  return is_directory() ? directory().blocks : 1;
}

template <typename Peer>
const PeerBlock<Peer>* PeerList<Peer>::blocks() const {
  return is_directory() ? directory().first() : &only_;
}

template <typename Peer>
PeerBlock<Peer>* PeerList<Peer>::blocks() {
  return is_directory() ? directory().first() : &only_;
}

// Linear hashing: the low bits of the hash name the block; if there is no such block yet, the name
// without its highest bit does.
template <typename Peer>
uint32_t PeerList<Peer>::block_of(const Peer& peer, const SecretHash& hash) const {
  if (!is_directory()) return 0;
  const uint32_t count = directory().blocks;
  const uint32_t mask = std::bit_ceil(count) - 1;
  const uint32_t name = static_cast<uint32_t>(hash(peer.endpoint)) & mask;
  return name < count ? name : name & (mask >> 1U);
}

template <typename Peer>
std::optional<PeerPosition> PeerList<Peer>::find(const Peer& key,
                                                 const SwarmContext& context) const {
  const uint32_t block = block_of(key, context.hash);
  const size_t index = blocks()[block].find(key, context.scan);
  if (index == kPeerNotFound) return std::nullopt;
  return PeerPosition{block, static_cast<uint32_t>(index)};
}

template <typename Peer>
void PeerList<Peer>::count_peer(bool seeding, int change) {
  if (!is_directory()) return;
  uint32_t& count = seeding ? directory().seeders : directory().leechers;
  count += static_cast<uint32_t>(change);
}

template <typename Peer>
bool PeerList<Peer>::unborrow(MemoryBudget& memory) {
  if (!is_borrowed()) return true;
  if (only_.size() != 0) return reallocate(only_, only_.size(), memory);
  only_ = {};
  return true;
}

template <typename Peer>
std::optional<PeerPosition> PeerList<Peer>::insert(const Peer& peer, bool seeding,
                                                   const SwarmContext& context) {
  // A split that finds no memory is tried again by the next insert; until then blocks are longer
  // than they should be, up to kBlockLimit.
  if (size() >= block_count() * (is_directory() ? kSplitAt / 2 : kSplitAt)) split(context);
  const uint32_t number = block_of(peer, context.hash);
  Block& block = blocks()[number];
  if (!reserve_one(block, context.memory)) return std::nullopt;
  const size_t index = block.add(peer, seeding);
  count_peer(seeding, 1);
  return PeerPosition{number, static_cast<uint32_t>(index)};
}

template <typename Peer>
PeerPosition PeerList<Peer>::set_seeding(PeerPosition position, bool seeding) {
  Block& block = blocks()[position.block];
  if (block.is_seeder(position.index) == seeding) return position;
  count_peer(!seeding, -1);
  count_peer(seeding, 1);
  return {position.block, static_cast<uint32_t>(block.set_seeding(position.index, seeding))};
}

template <typename Peer>
void PeerList<Peer>::remove(PeerPosition position, const SwarmContext& context) {
  assert(position.block < block_count());
  Block& block = blocks()[position.block];
  count_peer(block.is_seeder(position.index), -1);
  block.remove(position.index);
  shrink(block, context.memory);
  trim(context);
}

template <typename Peer>
uint32_t PeerList<Peer>::expire_block(uint32_t number, Minute now, unsigned timeout,
                                      const SwarmContext& context) {
  assert(number < block_count());
  Block& block = blocks()[number];
  const int leechers_before = block.leechers;
  const int seeders_before = block.seeders;
  // From the end: remove() fills a gap only with peers that have been looked at.
  for (size_t i = block.size(); i-- > 0;) {
    if (age_of(block.peers[i].minute, now) > timeout) block.remove(i);
  }
  const int leechers_gone = leechers_before - block.leechers;
  const int seeders_gone = seeders_before - block.seeders;
  if (leechers_gone + seeders_gone == 0) return 0;
  count_peer(false, -leechers_gone);
  count_peer(true, -seeders_gone);
  shrink(block, context.memory);
  return static_cast<uint32_t>(leechers_gone + seeders_gone);
}

template <typename Peer>
void PeerList<Peer>::trim(const SwarmContext& context) {
  if (is_directory() && size() < block_count() * (kSplitAt / 4)) join(context);
}

// Turns a single block into a directory of one block, or gives the directory another size.
template <typename Peer>
bool PeerList<Peer>::resize_directory(uint32_t capacity, MemoryBudget& memory) {
  Directory* old = is_directory() ? &directory() : nullptr;
  const size_t old_bytes = old == nullptr ? 0 : Directory::bytes_for(old->capacity);
  auto* fresh =
      static_cast<Directory*>(memory.resize(old, old_bytes, Directory::bytes_for(capacity)));
  if (fresh == nullptr) return false;
  if (old == nullptr) {
    *fresh = {only_.leechers, only_.seeders, 1, capacity};
    fresh->first()[0] = only_;
    only_ = {};
    only_.storage = PeerStorage::directory;
  }
  fresh->capacity = capacity;
  only_.peers = reinterpret_cast<Peer*>(fresh);
  return true;
}

// Turns a directory of one block into a single block.
template <typename Peer>
void PeerList<Peer>::collapse(MemoryBudget& memory) {
  Directory* old = &directory();
  assert(old->blocks == 1);
  only_ = old->first()[0];
  memory.release(old, Directory::bytes_for(old->capacity));
}

// Adds a block, and moves into it the peers its buddy held for it. Does nothing if there is no
// memory for that.
template <typename Peer>
void PeerList<Peer>::split(const SwarmContext& context) {
  const uint32_t number = block_count();
  const uint32_t capacity = is_directory() ? directory().capacity : 0;
  if (number == capacity || capacity == 0) {
    if (!resize_directory(number + 1 + number / 8, context.memory)) return;
  }
  Block& buddy = blocks()[buddy_of_last(number + 1)];
  Block& added = blocks()[number];
  added = {};
  directory().blocks = number + 1;
  std::array<bool, kBlockLimit> moves{};
  size_t moving = 0;
  for (size_t i = 0; i < buddy.size(); ++i) {
    moves[i] = block_of(buddy.peers[i], context.hash) == number;
    moving += moves[i] ? 1U : 0U;
  }
  if (moving != 0 && !reallocate(added, moving + moving / 8, context.memory)) {
    directory().blocks = number;
    if (number == 1) collapse(context.memory);
    return;
  }
  // From the end: remove() fills a gap only with peers that have been looked at.
  for (size_t i = buddy.size(); i-- > 0;) {
    if (!moves[i]) continue;
    added.add(buddy.peers[i], buddy.is_seeder(i));
    buddy.remove(i);
  }
  shrink(buddy, context.memory);
}

// The reverse of split(): the last block goes back into its buddy. Does nothing if there is no
// memory for that.
template <typename Peer>
void PeerList<Peer>::join(const SwarmContext& context) {
  const uint32_t count = directory().blocks;
  Block& leaving = blocks()[count - 1];
  Block& buddy = blocks()[buddy_of_last(count)];
  const size_t together = leaving.size() + buddy.size();
  if (together > kBlockLimit) return;
  if (leaving.size() != 0 && together > buddy.capacity &&
      !reallocate(buddy, together + together / 8, context.memory)) {
    return;
  }
  for (size_t i = 0; i < leaving.size(); ++i) buddy.add(leaving.peers[i], leaving.is_seeder(i));
  context.memory.release(leaving.peers, bytes_for<Peer>(leaving.capacity));
  directory().blocks = count - 1;
  if (count - 1 == 1) {
    collapse(context.memory);
  } else if (count * 2 < directory().capacity) {
    // If realloc fails, the larger directory stays, which does no harm.
    [[maybe_unused]] const bool resized = resize_directory(count + count / 8, context.memory);
  }
}

template <typename Peer>
void PeerList<Peer>::release(MemoryBudget& memory) {
  if (is_borrowed()) return;
  const uint32_t count = block_count();
  for (uint32_t i = 0; i < count; ++i) {
    Block& block = blocks()[i];
    memory.release(block.peers, bytes_for<Peer>(block.capacity));
  }
  if (is_directory()) memory.release(&directory(), Directory::bytes_for(directory().capacity));
  only_ = {};
}

template class PeerList<Peer4>;
template class PeerList<Peer6>;

}  // namespace ot
