#include "swarm/slots/torrent_index.h"

#include <gtest/gtest.h>

#include <functional>
#include <map>
#include <set>
#include <vector>

#include "base/random.h"
#include "unit/swarm/numbered.h"

namespace ot {
namespace {

// An index beside a map from a torrent's number to its order.
class IndexAndMap {
 public:
  explicit IndexAndMap(uint64_t memory_limit = 0) : memory_(memory_limit), pages_(memory_) {
    index_.set_pages(pages_, 0);
  }

  // False if the index refuses.
  bool insert(uint32_t number, uint32_t order) {
    Torrent* torrent = index_.insert(numbered_hash(number), order);
    if (torrent == nullptr) return false;
    EXPECT_EQ(torrent->info_hash(), numbered_hash(number));
    torrent->downloaded = number;
    order_of_[number] = order;
    return true;
  }
  void erase(uint32_t number) {
    Torrent* torrent = find(number);
    ASSERT_NE(torrent, nullptr) << number;
    index_.erase(torrent);
    order_of_.erase(number);
  }
  // Erases in no order, as torrents end, so the table may shrink at any time.
  void erase_any(Random& random) {
    index_.shrink_if_sparse();
    auto victim = order_of_.lower_bound(static_cast<uint32_t>(random.next()) % (last() + 1));
    if (victim == order_of_.end()) victim = order_of_.begin();
    erase(victim->first);
  }
  // Moves a page into a settled slab, as if the worker always had one ready.
  void settle() {
    if (pages_.wants_slab()) pages_.add(Slab::map(SlabKind::settled));
    if (const auto move = pages_.next_move()) index_.settle(move->owner.row, move->page);
  }
  void reserve(size_t torrents) { index_.reserve(torrents); }
  Torrent* find(uint32_t number) { return index_.find(numbered_hash(number), order_of_[number]); }

  // Sorted, complete, and every torrent is where a look-up finds it, with its own contents.
  void check() {
    size_t occupied = 0;
    uint32_t last_order = 0;
    for (size_t at = 0; at < index_.length(); ++at) {
      const Torrent& torrent = index_.slot(at);
      if (!torrent.is_occupied()) continue;
      ++occupied;
      ASSERT_GE(torrent.order(), last_order) << "at " << at << " of " << index_.length();
      last_order = torrent.order();
      ASSERT_EQ(index_.find(torrent.info_hash(), torrent.order()), &torrent) << at;
    }
    ASSERT_EQ(occupied, order_of_.size());
    ASSERT_EQ(index_.size(), order_of_.size());
    for (const auto& [number, order] : order_of_) {
      Torrent* torrent = find(number);
      ASSERT_NE(torrent, nullptr) << number;
      ASSERT_EQ(torrent->downloaded, number);
    }
    ASSERT_GE(memory_.used(), index_.length() * sizeof(Torrent));
  }
  // Whether the memory is what slots, heads of nurseries and the directories of `most` slots take.
  // Nothing may be settled.
  [[nodiscard]] bool holds_no_more(size_t most) const {
    const size_t pages = index_.length() / SlotPage::kSlots;
    const size_t heads = (pages + Slab::kPages - 1) / Slab::kPages;
    const uint64_t slots = (pages + heads) * sizeof(SlotPage);
    const size_t directories = 4 * sizeof(void*) * most / SlotPage::kSlots;
    return memory_.used() >= slots && memory_.used() < slots + 2 * directories + 4096;
  }

  TorrentIndex& index() { return index_; }
  MemoryBudget& memory() { return memory_; }
  [[nodiscard]] size_t size() const { return order_of_.size(); }
  [[nodiscard]] uint32_t order_of(uint32_t number) const { return order_of_.at(number); }
  [[nodiscard]] uint32_t last() const { return order_of_.empty() ? 0 : order_of_.rbegin()->first; }

 private:
  MemoryBudget memory_;
  SlotPages pages_;
  TorrentIndex index_;
  std::map<uint32_t, uint32_t> order_of_;
};

struct Orders {
  const char* name;
  std::function<uint32_t(uint32_t number, Random& random)> order_of;
  uint32_t most;
};

uint32_t any_order(Random& random) { return static_cast<uint32_t>(random.next()); }

// Keyed hashes are uniform. If orders are not, the index may be slower but not wrong.
const std::vector<Orders> kOrders{
    {"Random", [](uint32_t, Random& random) { return any_order(random); }, 20'000},
    {"EqualLowBits", [](uint32_t, Random& random) { return any_order(random) << 16U; }, 20'000},
    {"Twins", [](uint32_t number, Random&) { return number / 3 * 2654435761U; }, 10'000},
    {"FewValues", [](uint32_t, Random& random) { return random.below(40) * 107'000'000U; }, 1500},
    {"AllEqual", [](uint32_t, Random&) { return 0x80000000U; }, 600},
    {"AllLast", [](uint32_t, Random&) { return UINT32_MAX; }, 600},
    {"AllFirst", [](uint32_t, Random&) { return 0U; }, 600},
    {"Ascending", [](uint32_t number, Random&) { return number << 16U; }, 2000},
    {"Descending", [](uint32_t number, Random&) { return UINT32_MAX - (number << 16U); }, 2000},
    {"Clustered",
     [](uint32_t number, Random& random) { return (number % 4 << 30U) + random.below(1000); },
     1500},
};

class TorrentIndexWith : public ::testing::TestWithParam<Orders> {};
INSTANTIATE_TEST_SUITE_P(Orders, TorrentIndexWith, ::testing::ValuesIn(kOrders),
                         [](const auto& orders) { return orders.param.name; });

TEST_P(TorrentIndexWith, AgreesWithAMapWhileItGrowsAndShrinks) {
  IndexAndMap both;
  Random random(1);
  uint32_t next = 0;
  for (const bool growing : {true, false, true, false}) {
    const size_t goal = growing ? GetParam().most : GetParam().most / 20;
    const size_t period = 1 + GetParam().most / 7;
    for (size_t i = 0; growing ? both.size() < goal : both.size() > goal; ++i) {
      if (random.below(10) < (growing ? 8U : 2U)) {
        ASSERT_TRUE(both.insert(next, GetParam().order_of(next, random)));
        ++next;
      } else if (both.size() != 0) {
        both.erase_any(random);
      }
      if (random.below(4) == 0) both.settle();
      if (i % period == 0 || (both.size() < 200 && i % 16 == 0)) both.check();
      if (HasFatalFailure()) return;
    }
    both.check();
  }
}

TEST_P(TorrentIndexWith, AWalkInOrderMeetsAllThatStayWhileOthersComeAndGo) {
  IndexAndMap both;
  Random random(1);
  std::map<uint32_t, size_t> order_counts;
  const auto insert = [&](uint32_t number) {
    const uint32_t order = GetParam().order_of(number, random);
    ++order_counts[order];
    return both.insert(number, order);
  };
  const uint32_t residents = GetParam().most / 4;
  for (uint32_t number = 0; number < residents; ++number) ASSERT_TRUE(insert(number));
  for (const bool growing : {true, false}) {
    std::set<uint32_t> met;
    uint64_t order = 0;
    size_t twins = 0;
    uint32_t guest = residents;
    const uint32_t guests = residents + GetParam().most / 2;
    if (!growing) guest = guests;
    while (order <= UINT32_MAX) {
      for (int i = 0; i < 4; ++i) {
        if (growing && guest < guests) {
          ASSERT_TRUE(insert(guest++));
        } else if (!growing && guest > residents) {
          both.erase(--guest);
          both.index().shrink_if_sparse();
        }
      }
      const size_t at = both.index().position_after(static_cast<uint32_t>(order), twins);
      const bool meets = at < both.index().length() && both.index().slot(at).is_occupied();
      const uint64_t next = both.index().lowest_order_from(meets ? at : at + 1);
      twins = (next == order ? twins : 0) + (meets ? 1U : 0U);
      order = next;
      if (meets) met.insert(both.index().slot(at).downloaded);
    }
    // Twins are counted, so if one has left, another may be passed over.
    for (uint32_t number = 0; number < residents; ++number)
      EXPECT_TRUE(met.contains(number) || (!growing && order_counts[both.order_of(number)] > 1));
  }
}

TEST(TorrentIndex, HoldsTwoHundredThousandDenselyAndGivesMemoryBack) {
  IndexAndMap both;
  Random random(1);
  constexpr uint32_t kTorrents = 200'000;
  for (uint32_t number = 0; number < kTorrents; ++number) {
    ASSERT_TRUE(both.insert(number, any_order(random)));
    if (number > 5000) {
      ASSERT_LT(both.index().length(), both.size() * 100 / 78) << number;
    }
  }
  both.check();
  const size_t most = both.index().length();
  EXPECT_TRUE(both.holds_no_more(most));
  for (uint32_t number = kTorrents; number-- > 100;) {
    both.erase(number);
    both.index().shrink_if_sparse();
    if (number > 5000) {
      ASSERT_LT(both.index().length(), both.size() * 5 / 2) << number;
    }
  }
  both.check();
  for (int i = 0; i < 1000; ++i) both.index().step();
  EXPECT_FALSE(both.index().is_resizing());
  EXPECT_LE(both.index().length(), 256U);
  EXPECT_TRUE(both.holds_no_more(most));
}

TEST(TorrentIndex, FindsNothingInAnEmptyIndex) {
  IndexAndMap both;
  EXPECT_EQ(both.index().find(numbered_hash(1), 5), nullptr);
  both.index().prefetch(5);
  EXPECT_EQ(both.index().length(), 0U);
  EXPECT_GT(both.index().lowest_order_from(both.index().position_after(0, 0)), UINT32_MAX);
}

TEST(TorrentIndex, DistinguishesTorrentsOfTheSameOrder) {
  IndexAndMap both;
  for (uint32_t number = 0; number < 3; ++number) both.insert(number, 77);
  EXPECT_EQ(both.index().find(numbered_hash(9), 77), nullptr);
  EXPECT_EQ(both.find(1)->downloaded, 1U);
}

// Refuses only when packed, and loses no torrent, not even in a change of size that lack of memory
// stops half way.
TEST(TorrentIndex, StaysIntactWhereverMemoryRunsOut) {
  constexpr uint64_t kLimit = 1U << 30U;
  for (const uint32_t free_pages : {0U, 1U, 2U, 5U}) {
    IndexAndMap both(kLimit);
    Random random(free_pages);
    uint32_t number = 0;
    for (int round = 0; round < 30; ++round) {
      const size_t ballast = kLimit - both.memory().used() - size_t{free_pages} * 4096;
      ASSERT_TRUE(both.memory().take(ballast));
      const size_t before = both.size();
      while (both.insert(number, any_order(random))) ++number;
      if (before != 0) {
        ASSERT_GE(both.size(), before);
        ASSERT_GE(both.size() * 100, both.index().length() * 60);
      }
      both.memory().give(ballast);
      both.check();
      for (size_t i = 0; i < both.size() / 10; ++i) both.erase_any(random);
      both.check();
      for (int i = 0; i < 60; ++i) ASSERT_TRUE(both.insert(number++, any_order(random)));
      both.check();
      if (HasFatalFailure()) return;
    }
  }
}

// There are 40 pages left, and a growth needs more than 50: it takes none, since others may need
// them.
TEST(TorrentIndex, TakesNoMemoryForAGrowthItCannotFinish) {
  constexpr uint64_t kLimit = 1U << 30U;
  IndexAndMap both(kLimit);
  Random random(1);
  uint32_t number = 0;
  while (number < 45'000 || both.index().is_resizing())
    ASSERT_TRUE(both.insert(number++, any_order(random)));
  const uint64_t before = both.memory().used();
  ASSERT_TRUE(both.memory().take(kLimit - before - 40 * sizeof(SlotPage)));
  while (both.insert(number, any_order(random))) ++number;
  EXPECT_LE(both.memory().used() - (kLimit - 40 * sizeof(SlotPage)), 2 * sizeof(SlotPage));
  EXPECT_GE(both.size() * 16, (both.index().length() - 64) * 15) << "packed before it refuses";
}

TEST(TorrentIndex, DoesNotGrowUntilWhatWasReservedIsFull) {
  constexpr uint32_t kTorrents = 5000;
  IndexAndMap index;
  index.reserve(kTorrents);
  Random random{3};
  for (uint32_t i = 0; i < kTorrents; ++i) {
    ASSERT_TRUE(index.insert(i, static_cast<uint32_t>(random.next())));
    ASSERT_FALSE(index.index().is_resizing()) << i;
  }
  index.check();
  for (uint32_t i = kTorrents; i < 2 * kTorrents; ++i)
    ASSERT_TRUE(index.insert(i, static_cast<uint32_t>(random.next())));
  index.check();
}

TEST(TorrentIndex, GrowsStepByStepIfThereIsNoMemoryToReserve) {
  IndexAndMap index(64 << 10);
  index.reserve(5000);
  for (uint32_t i = 0; i < 500; ++i) ASSERT_TRUE(index.insert(i, i << 20U));
  index.reserve(10);
  index.check();
}

}  // namespace
}  // namespace ot
