#include "swarm/peers/peer_list.h"

#include <gtest/gtest.h>

#include <map>

#include "base/random.h"
#include "unit/swarm/numbered.h"

namespace ot {
namespace {

// A list beside a map that says what should be in it.
template <typename Peer>
class ListAndMap {
 public:
  explicit ListAndMap(uint64_t memory_limit = 0) : memory_(memory_limit) {}
  ~ListAndMap() { list_.release(memory_); }
  ListAndMap(const ListAndMap&) = delete;
  ListAndMap& operator=(const ListAndMap&) = delete;

  // False if the list refuses.
  bool insert(uint32_t number, bool seeding, Minute now = 0) {
    const auto position =
        list_.insert(numbered_peer<Peer>(number, seeding, now), seeding, context());
    if (!position) return false;
    EXPECT_EQ(peer_number<Peer>(list_.at(*position).endpoint.data()), number);
    EXPECT_EQ(list_.is_seeder(*position), seeding);
    seeding_of_[number] = seeding;
    return true;
  }
  void remove(uint32_t number) {
    const auto position = find(number);
    ASSERT_TRUE(position);
    list_.remove(*position, context());
    seeding_of_.erase(number);
  }
  void set_seeding(uint32_t number, bool seeding) {
    const auto position = list_.set_seeding(*find(number), seeding);
    EXPECT_EQ(peer_number<Peer>(list_.at(position).endpoint.data()), number);
    seeding_of_[number] = seeding;
  }
  std::optional<PeerPosition> find(uint32_t number) const {
    return list_.find(numbered_peer<Peer>(number), context());
  }
  bool contains(uint32_t number) const { return seeding_of_.contains(number); }

  // Holds what the map holds and nothing else, each peer where a look-up finds it; blocks are
  // bounded.
  void check() const {
    size_t seeders = 0;
    for (const auto& [number, seeding] : seeding_of_) {
      const auto position = find(number);
      ASSERT_TRUE(position) << number;
      ASSERT_EQ(list_.is_seeder(*position), seeding);
      seeders += seeding ? 1U : 0U;
    }
    ASSERT_EQ(list_.size(), seeding_of_.size());
    ASSERT_EQ(list_.seeders(), seeders);
    size_t in_blocks = 0;
    for (uint32_t i = 0; i < list_.block_count(); ++i) {
      in_blocks += list_.blocks()[i].size();
      ASSERT_LE(list_.blocks()[i].size(), list_.blocks()[i].capacity);
      ASSERT_LE(list_.blocks()[i].size(), PeerList<Peer>::kBlockLimit);
    }
    ASSERT_EQ(in_blocks, seeding_of_.size());
  }

  SwarmContext context() const { return {hash_, memory_, best_peer_scan()}; }
  PeerList<Peer>& list() { return list_; }
  MemoryBudget& memory() { return memory_; }

 private:
  SecretHash hash_ = SecretHash::from_seed(1);
  mutable MemoryBudget memory_;
  PeerList<Peer> list_{};
  std::map<uint32_t, bool> seeding_of_;
};

template <typename Peer>
class PeerListOf : public ::testing::Test {};
using Families = ::testing::Types<Peer4, Peer6>;
TYPED_TEST_SUITE(PeerListOf, Families);

TYPED_TEST(PeerListOf, AgreesWithAMapWhileItGrowsAndShrinks) {
  ListAndMap<TypeParam> both;
  Random random(1);
  // Up to the given size and down again, several times around the border of one block.
  for (const uint32_t most : {3U, 10U, 190U, 400U, 150U, 3000U, 100U, 20'000U}) {
    for (const bool filling : {true, false}) {
      for (uint32_t i = 0; i < 4 * most; ++i) {
        const uint32_t number = random.below(most);
        const bool seeding = random.below(3) == 0;
        if (!both.contains(number)) {
          const bool wanted = filling || random.below(4) == 0;
          ASSERT_TRUE(!wanted || both.insert(number, seeding));
        } else if (!filling || random.below(4) == 0) {
          both.remove(number);
        } else {
          both.set_seeding(number, seeding);
        }
      }
      both.check();
    }
    for (uint32_t number = 0; number < most; ++number) {
      if (both.contains(number)) both.remove(number);
    }
    both.check();
    EXPECT_EQ(both.list().block_count(), 1U);
    EXPECT_EQ(both.memory().used(), 0U);
  }
}

TYPED_TEST(PeerListOf, KeepsBlocksShortAndFullInASwarmOfAHundredThousand) {
  ListAndMap<TypeParam> both;
  constexpr uint32_t kPeers = 100'000;
  for (uint32_t number = 0; number < kPeers; ++number) both.insert(number, number % 7 == 0);
  both.check();
  size_t longest = 0;
  for (uint32_t i = 0; i < both.list().block_count(); ++i)
    longest = std::max(longest, both.list().blocks()[i].size());
  EXPECT_LT(longest, PeerList<TypeParam>::kSplitAt * 3 / 2);
  EXPECT_LT(both.memory().used(), kPeers * sizeof(TypeParam) * 6 / 5);
  for (uint32_t number = 100; number < kPeers; ++number) both.remove(number);
  both.check();
  // The directory has gone back too.
  EXPECT_LT(both.memory().used(), 100 * sizeof(TypeParam) * 2);
}

TYPED_TEST(PeerListOf, LeavesABorrowedArrayThatIsTooSmall) {
  std::array<TypeParam, 4> slot{};
  MemoryBudget memory;
  const SecretHash hash = SecretHash::from_seed(1);
  const SwarmContext context{hash, memory, best_peer_scan()};
  auto list = PeerList<TypeParam>::borrow(slot.data(), 0, 0, slot.size());
  for (uint32_t number = 0; number < 4; ++number) {
    ASSERT_TRUE(list.insert(numbered_peer<TypeParam>(number), number % 2 == 0, context));
  }
  EXPECT_TRUE(list.is_borrowed());
  EXPECT_EQ(memory.used(), 0U);
  ASSERT_TRUE(list.insert(numbered_peer<TypeParam>(4), false, context));
  EXPECT_FALSE(list.is_borrowed());
  slot = {};
  for (uint32_t number = 0; number < 5; ++number)
    EXPECT_TRUE(list.find(numbered_peer<TypeParam>(number), context));
  EXPECT_EQ(list.seeders(), 2U);
  list.release(memory);
  EXPECT_EQ(memory.used(), 0U);
}

TYPED_TEST(PeerListOf, ExpiresOnlyWhatIsTooOld) {
  for (const uint32_t peers : {1U, 5U, 180U, 5000U}) {
    ListAndMap<TypeParam> both;
    // The stamps wrap in between.
    for (uint32_t number = 0; number < peers; ++number)
      both.insert(number, number % 3 == 0, 200 + number % 100);
    uint32_t gone = 0;
    for (uint32_t block = both.list().block_count(); block-- > 0;) {
      gone += both.list().expire_block(block, 300, 45, both.context());
      both.list().trim(both.context());
    }
    uint32_t stale = 0;
    for (uint32_t number = 0; number < peers; ++number) {
      const bool is_stale = number % 100 < 55;
      stale += is_stale ? 1U : 0U;
      EXPECT_EQ(both.find(number).has_value(), !is_stale) << number;
    }
    EXPECT_EQ(gone, stale);
    EXPECT_EQ(both.list().size(), peers - stale);
  }
}

// Tries each insertion with every amount of memory that could make one of its steps fail.
TYPED_TEST(PeerListOf, StaysIntactWhereverMemoryRunsOut) {
  constexpr uint64_t kLimit = 1U << 24U;
  ListAndMap<TypeParam> both(kLimit);
  size_t refused = 0;
  for (uint32_t number = 0; number < 1200; ++number) {
    for (size_t left = 0; left < 4000 && !both.contains(number); left = left * 2 + 8) {
      const size_t ballast = kLimit - both.memory().used() - left;
      ASSERT_TRUE(both.memory().take(ballast));
      refused += both.insert(number, number % 5 == 0) ? 0U : 1U;
      both.memory().give(ballast);
      if (number % 16 == 0) both.check();
    }
    // A full block must wait for the splits that are due before its own.
    for (int i = 0; i < 4 && !both.contains(number); ++i) both.insert(number, false);
    ASSERT_TRUE(both.contains(number));
  }
  EXPECT_GT(refused, 100U);
  both.check();
  // Joins find no memory either; the blocks then stay for a while.
  for (uint32_t number = 0; number < 1200; ++number) {
    const size_t ballast = number < 1000 ? kLimit - both.memory().used() : 0;
    ASSERT_TRUE(both.memory().take(ballast));
    both.remove(number);
    both.memory().give(ballast);
    if (number % 16 == 0) both.check();
  }
  EXPECT_EQ(both.memory().used(), 0U);
}

// A first split without memory used to leave a directory of one block, which then joined itself.
TYPED_TEST(PeerListOf, ASplitThatFailsLeavesASingleBlock) {
  constexpr uint64_t kLimit = 1U << 24U;
  ListAndMap<TypeParam> both(kLimit);
  uint32_t number = 0;
  while (both.list().size() < PeerList<TypeParam>::kSplitAt) both.insert(number++, false);
  // Enough for a directory, not for one of its blocks.
  const size_t ballast = kLimit - both.memory().used() - 100;
  ASSERT_TRUE(both.memory().take(ballast));
  for (int i = 0; i < 3; ++i) both.insert(number++, false);
  both.memory().give(ballast);
  both.check();
  EXPECT_EQ(both.list().block_count(), 1U);
  while (number > 0) {
    if (both.contains(--number)) both.remove(number);
  }
  both.check();
  EXPECT_EQ(both.memory().used(), 0U);
}

TYPED_TEST(PeerListOf, ABlockThatCannotSplitStopsAtItsLimit) {
  constexpr uint64_t kLimit = 1U << 24U;
  ListAndMap<TypeParam> both(kLimit);
  uint32_t number = 0;
  for (;; ++number) {
    // Never enough to move half of the block.
    const size_t left = both.list().size() * sizeof(TypeParam) / 4 + 200;
    const size_t ballast = kLimit - both.memory().used() - left;
    ASSERT_TRUE(both.memory().take(ballast));
    const bool inserted = both.insert(number, false);
    both.memory().give(ballast);
    if (!inserted) break;
  }
  EXPECT_EQ(number, PeerList<TypeParam>::kBlockLimit);
  both.check();
  EXPECT_TRUE(both.insert(number, false));
  both.check();
}

}  // namespace
}  // namespace ot
