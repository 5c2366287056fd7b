// 2 MiB of memory, the size of a huge page, cut into pages of 64 slots.
//
// There are two kinds. A nursery's memory comes from the kernel 4 KiB at a time, when it is first
// written, and goes back 4 KiB at a time. A settled slab is one huge page if the kernel has one:
// all of it is there from the beginning, and goes back as a whole. Not thread-safe: SlotPages'
// mutex guards the head, the shards' locks guard the slots.
#pragma once

#include <array>
#include <cstdint>
#include <memory>

#include "swarm/slots/torrent.h"

namespace ot {

struct alignas(4096) SlotPage {
  static constexpr size_t kSlots = 64;

  std::array<Torrent, kSlots> slots;
};
static_assert(sizeof(SlotPage) == 4096);

// A page's place: the shard, and the row in the shard's directory of pages.
struct PageOwner {
  uint16_t shard = 0;
  uint16_t row = 0;
};

enum class SlabKind : uint8_t { nursery, settled };

struct Slab {
  static constexpr size_t kBytes = size_t{2} << 20U;
  // The head takes the room of the first page.
  static constexpr size_t kPages = kBytes / sizeof(SlotPage) - 1;

  struct alignas(sizeof(SlotPage)) Head {
    SlabKind kind = SlabKind::nursery;
    uint32_t used = 0;
    // Its neighbours in SlotPages' list.
    Slab* before = nullptr;
    Slab* after = nullptr;
    std::array<uint64_t, kPages / 64 + 1> used_bits{};
    std::array<PageOwner, kPages> owners;
  };

  struct Unmap {
    void operator()(Slab* slab) const;
  };
  using Memory = std::unique_ptr<Slab, Unmap>;

  // A slab with all pages free; null if there is no memory. For a settled slab, the kernel provides
  // the memory before this returns, which takes 0.3 to 20 ms. Any thread.
  [[nodiscard]] static Memory map(SlabKind kind);

  // The slab a page belongs to.
  [[nodiscard]] static Slab& of(SlotPage* page);
  [[nodiscard]] PageOwner& owner_of(const SlotPage* page) { return head.owners[number_of(page)]; }

  [[nodiscard]] size_t free_pages() const { return kPages - head.used; }
  // The lowest free page; there must be one.
  SlotPage* take(PageOwner owner);
  void give(const SlotPage* page);
  // The lowest page in use; there must be one.
  [[nodiscard]] SlotPage* first_used();

  Head head;
  std::array<SlotPage, kPages> pages;

 private:
  [[nodiscard]] size_t number_of(const SlotPage* page) const {
    return static_cast<size_t>(page - pages.data());
  }
};
static_assert(sizeof(Slab) == Slab::kBytes);

}  // namespace ot
