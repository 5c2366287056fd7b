#include "swarm/slots/slab.h"

#include <sys/mman.h>

#include <bit>
#include <cassert>
#include <new>

namespace ot {
namespace {

constexpr size_t kWordBits = 64;

// Memory of that size and alignment; null if there is none.
void* map_aligned(size_t bytes) {
  void* memory =
      ::mmap(nullptr, 2 * bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (memory == MAP_FAILED) return nullptr;
  auto* const first = static_cast<uint8_t*>(memory);
  size_t room = 2 * bytes;
  void* aligned = memory;
  std::align(bytes, bytes, aligned, room);
  const auto before = static_cast<size_t>(static_cast<uint8_t*>(aligned) - first);
  if (before != 0) ::munmap(first, before);
  ::munmap(first + before + bytes, bytes - before);
  return aligned;
}

}  // namespace

void Slab::Unmap::operator()(Slab* slab) const { ::munmap(slab, kBytes); }

Slab::Memory Slab::map(SlabKind kind) {
  void* const memory = map_aligned(kBytes);
  if (memory == nullptr) return nullptr;
  // Only a request. A nursery must not become a huge page when it is first touched: clearing one
  // takes too long for an announce, and wastes memory while most of it is empty.
  ::madvise(memory, kBytes, kind == SlabKind::settled ? MADV_HUGEPAGE : MADV_NOHUGEPAGE);
  // Constructs the head alone: the kernel's zeros are empty slots, and must stay untouched.
  Memory slab(static_cast<Slab*>(memory));
  new (&slab->head) Head;
  slab->head.kind = kind;
  if (kind == SlabKind::settled) {
    for (SlotPage& page : slab->pages) page.slots[0].clear();
  }
  return slab;
}

Slab& Slab::of(SlotPage* page) {
  auto* const bytes = reinterpret_cast<uint8_t*>(page);
  const auto address = reinterpret_cast<uintptr_t>(page);
  return *reinterpret_cast<Slab*>(bytes - address % kBytes);
}

SlotPage* Slab::take(PageOwner owner) {
  assert(free_pages() != 0);
  size_t word = 0;
  while (head.used_bits[word] == UINT64_MAX) ++word;
  const auto bit = static_cast<size_t>(std::countr_one(head.used_bits[word]));
  const size_t number = word * kWordBits + bit;
  head.used_bits[word] |= uint64_t{1} << bit;
  head.owners[number] = owner;
  ++head.used;
  return &pages[number];
}

void Slab::give(const SlotPage* page) {
  const size_t number = number_of(page);
  assert(number < kPages && (head.used_bits[number / kWordBits] >> number % kWordBits & 1U) != 0);
  head.used_bits[number / kWordBits] &= ~(uint64_t{1} << number % kWordBits);
  --head.used;
}

SlotPage* Slab::first_used() {
  assert(head.used != 0);
  size_t word = 0;
  while (head.used_bits[word] == 0) ++word;
  return &pages[word * kWordBits + static_cast<size_t>(std::countr_zero(head.used_bits[word]))];
}

}  // namespace ot
