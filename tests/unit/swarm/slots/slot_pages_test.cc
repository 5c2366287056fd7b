#include "swarm/slots/slot_pages.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <deque>
#include <set>

#include "swarm/torrent_table.h"
#include "unit/swarm/numbered.h"
#include "unit/swarm/table_contents.h"

namespace ot {
namespace {

constexpr uint64_t kPage = sizeof(SlotPage);

bool is_empty(const SlotPage& page) {
  return std::none_of(page.slots.begin(), page.slots.end(),
                      [](const Torrent& torrent) { return torrent.is_occupied(); });
}

class SlotPagesTest : public ::testing::Test {
 protected:
  SlotPage* take() { return pages_.take({0, next_row_++}); }
  // Moves everything from a nursery into a settled slab; returns the pages in the order of their
  // rows.
  void settle(std::deque<SlotPage*>& held) {
    pages_.add(Slab::map(SlabKind::settled));
    while (const auto move = pages_.next_move()) {
      SlotPage* settled = pages_.take_settled(move->owner);
      ASSERT_NE(settled, nullptr);
      held.at(move->owner.row) = settled;
      pages_.give(move->page);
    }
  }

  MemoryBudget memory_{1U << 30U};
  SlotPages pages_{memory_};
  uint16_t next_row_ = 0;
};

TEST_F(SlotPagesTest, EveryPageIsEmptyAndCounted) {
  for (int round = 0; round < 3; ++round) {
    std::set<SlotPage*> taken;
    for (size_t i = 0; i < 2 * Slab::kPages; ++i) {
      SlotPage* page = take();
      ASSERT_NE(page, nullptr);
      ASSERT_TRUE(is_empty(*page));
      page->slots[i % SlotPage::kSlots].occupy(numbered_hash(1), 1);
      ASSERT_TRUE(taken.insert(page).second);
    }
    EXPECT_EQ(memory_.used(), 2 * Slab::kBytes);
    for (SlotPage* page : taken) pages_.give(page);
    EXPECT_EQ(memory_.used(), 0U);
  }
}

TEST_F(SlotPagesTest, EmptiesPagesThatComeBackInBothKindsOfSlab) {
  std::deque<SlotPage*> held;
  for (size_t i = 0; i < Slab::kPages; ++i) held.push_back(take());
  for (const bool settled : {false, true}) {
    if (settled) settle(held);
    SlotPage* const page = held[77];
    page->slots[5].occupy(numbered_hash(1), 1);
    pages_.give(page);
    ASSERT_EQ(pages_.take({0, 77}), page);
    EXPECT_TRUE(is_empty(*page)) << (settled ? "settled" : "nursery");
  }
}

TEST_F(SlotPagesTest, WantsASlabOnlyWhenItWouldBeFilled) {
  for (size_t i = 0; i + 1 < Slab::kPages; ++i) take();
  EXPECT_FALSE(pages_.wants_slab());
  EXPECT_FALSE(pages_.next_move());
  take();
  EXPECT_TRUE(pages_.wants_slab());
  pages_.add(Slab::map(SlabKind::settled));
  EXPECT_FALSE(pages_.wants_slab());
  EXPECT_TRUE(pages_.next_move());
}

TEST_F(SlotPagesTest, MovesPagesUntilTheSlabIsFullAndTheNurseryIsGone) {
  std::deque<SlotPage*> held;
  for (size_t i = 0; i < Slab::kPages; ++i) held.push_back(take());
  settle(held);
  EXPECT_EQ(std::set<SlotPage*>(held.begin(), held.end()).size(), Slab::kPages);
  for (SlotPage* page : held) EXPECT_EQ(&Slab::of(page), &Slab::of(held.front()));
  EXPECT_EQ(memory_.used(), Slab::kBytes);
}

TEST_F(SlotPagesTest, FillsGapsOfSettledSlabsFirst) {
  std::deque<SlotPage*> held;
  for (size_t i = 0; i < Slab::kPages; ++i) held.push_back(take());
  settle(held);
  SlotPage* const gap = held[77];
  pages_.give(gap);
  EXPECT_EQ(take(), gap);
  EXPECT_NE(&Slab::of(take()), &Slab::of(gap));
}

// Every second page of three slabs goes: the rest moves together, and memory goes back.
TEST_F(SlotPagesTest, GivesUpTheEmptiestSlabWhenItsPagesFitIntoGaps) {
  std::deque<SlotPage*> held;
  for (size_t i = 0; i < 3 * Slab::kPages; ++i) held.push_back(take());
  for (int i = 0; i < 3; ++i) settle(held);
  EXPECT_EQ(memory_.used(), 3 * Slab::kBytes);
  std::set<SlotPage*> left;
  for (size_t i = 0; i < held.size(); ++i) {
    if (i % 2 == 0) {
      left.insert(held[i]);
    } else {
      pages_.give(held[i]);
    }
  }
  EXPECT_EQ(memory_.used(), 3 * Slab::kBytes);
  while (const auto move = pages_.next_move()) {
    SlotPage* settled = pages_.take_settled(move->owner);
    ASSERT_NE(settled, nullptr);
    EXPECT_EQ(left.erase(move->page), 1U);
    EXPECT_TRUE(left.insert(settled).second);
    pages_.give(move->page);
  }
  EXPECT_EQ(memory_.used(), 2 * Slab::kBytes);
  for (SlotPage* page : left) pages_.give(page);
  EXPECT_EQ(memory_.used(), 0U);
}

// If growth takes the gaps that a leaving slab would have moved into, it stays, and its own gaps
// are filled.
TEST_F(SlotPagesTest, KeepsASlabIfTheGapsAreGoneBeforeItIsEmpty) {
  std::deque<SlotPage*> held;
  for (size_t i = 0; i < 3 * Slab::kPages; ++i) held.push_back(take());
  for (int i = 0; i < 3; ++i) settle(held);
  size_t left = held.size();
  for (size_t i = 1; i < held.size(); i += 2, --left) pages_.give(held[i]);
  ASSERT_TRUE(pages_.next_move());
  for (; left < 3 * Slab::kPages; ++left) ASSERT_NE(take(), nullptr);
  EXPECT_EQ(memory_.used(), 3 * Slab::kBytes);
  EXPECT_FALSE(pages_.next_move());
  take();
  EXPECT_EQ(memory_.used(), 3 * Slab::kBytes + 2 * kPage);
}

TEST(SlotPagesAtTheirLimit, TakeNoMoreThanTheBudget) {
  MemoryBudget memory(3 * kPage);
  SlotPages pages(memory);
  ASSERT_NE(pages.take({0, 0}), nullptr);
  ASSERT_NE(pages.take({0, 1}), nullptr);
  EXPECT_EQ(pages.take({0, 2}), nullptr);
  EXPECT_EQ(memory.used(), 3 * kPage);
  pages.add(Slab::map(SlabKind::settled));
  EXPECT_EQ(memory.used(), 3 * kPage);
  EXPECT_FALSE(pages.next_move());
}

TEST(SlotPagesAtTheirLimit, WantNoSlabThatThereIsNoMemoryFor) {
  MemoryBudget memory(Slab::kBytes + 100 * kPage);
  SlotPages pages(memory);
  for (uint16_t row = 0; row < Slab::kPages; ++row) ASSERT_NE(pages.take({0, row}), nullptr);
  EXPECT_FALSE(pages.wants_slab());
}

// A table's torrents and peers are the same after all its slots have moved.
TEST(SettledTable, HoldsTheSameAsBefore) {
  TorrentTable table({}, SecretHash::from_seed(1));
  std::array<uint8_t, 6> v4{};
  Random random(1);
  constexpr uint32_t kTorrents = 100'000;
  for (uint32_t number = 0; number < kTorrents; ++number) {
    AnnounceRequest request;
    request.info_hash = numbered_hash(number, static_cast<uint8_t>(number % 256));
    request.peer = number % 5 == 0 ? endpoint6(number) : endpoint4(number);
    static_cast<void>(
        table.announce(request, table.locate(request.info_hash), 0, 100, {v4, {}}, random));
  }
  const TableContents before = contents_of(table, 100);
  size_t slabs = 0;
  for (; table.wants_slab(); ++slabs) {
    table.add_slab(Slab::map(SlabKind::settled));
    while (table.settle_slots(64)) continue;
  }
  EXPECT_GE(slabs, 3U);
  EXPECT_EQ(before.size(), kTorrents);
  EXPECT_TRUE(contents_of(table, 100) == before);
}

}  // namespace
}  // namespace ot
