#include "base/memory_budget.h"

#include <gtest/gtest.h>
#include <malloc.h>

#include <cstdlib>
#include <cstring>
#include <thread>
#include <vector>

namespace ot {
namespace {

TEST(MemoryBudget, BlockSizesAreWhatMallocFillsWithoutSlack) {
  for (size_t bytes = 1; bytes < 5000; ++bytes) {
    const size_t size = MemoryBudget::block_size(bytes);
    ASSERT_GE(size, bytes);
    ASSERT_LT(size, std::max<size_t>(bytes, 9) + 16);
    ASSERT_EQ(MemoryBudget::block_size(size), size);
    void* block = std::malloc(size);
    EXPECT_GE(::malloc_usable_size(block), size);
    // malloc returns a free chunk whole if it is too small to split.
    EXPECT_LE(::malloc_usable_size(block), size + 16);
    std::free(block);
  }
}

TEST(MemoryBudget, FreedBlocksDoNotPileUpInMallocsFastBins) {
  bound_malloc();
  const size_t before = ::mallinfo2().fsmblks;  // those of other threads, from earlier tests
  MemoryBudget budget;
  std::vector<void*> blocks;
  for (int i = 0; i < 1000; ++i) blocks.push_back(budget.resize(nullptr, 0, 24));
  for (void* block : blocks) budget.release(block, 24);
  EXPECT_EQ(::mallinfo2().fsmblks, before);
}

TEST(MemoryBudget, TakesUpToTheLimitAndNoMore) {
  MemoryBudget budget(100);
  EXPECT_TRUE(budget.take(60));
  EXPECT_FALSE(budget.take(41));
  EXPECT_EQ(budget.used(), 60U);
  EXPECT_TRUE(budget.take(40));
  budget.give(100);
  EXPECT_EQ(budget.used(), 0U);
}

TEST(MemoryBudget, CountsWithoutALimit) {
  MemoryBudget budget;
  EXPECT_TRUE(budget.take(uint64_t{1} << 60U));
  EXPECT_EQ(budget.used(), uint64_t{1} << 60U);
}

TEST(MemoryBudget, CountsAllocationsWithTheirHeader) {
  MemoryBudget budget(200);
  void* block = budget.resize(nullptr, 0, 24);
  EXPECT_EQ(budget.used(), 32U);
  block = budget.resize(block, 24, 88);
  EXPECT_EQ(budget.used(), 96U);
  block = budget.resize(block, 88, 40);
  EXPECT_EQ(budget.used(), 48U);
  budget.release(block, 40);
  EXPECT_EQ(budget.used(), 0U);
  budget.release(nullptr, 0);
  EXPECT_EQ(budget.used(), 0U);
}

TEST(MemoryBudget, ARefusedResizeLeavesTheBlockAsItWas) {
  MemoryBudget budget(100);
  void* block = budget.resize(nullptr, 0, 56);
  std::memset(block, 7, 56);
  EXPECT_EQ(budget.resize(block, 56, 104), nullptr);
  EXPECT_EQ(budget.used(), 64U);
  for (size_t i = 0; i < 56; ++i) EXPECT_EQ(static_cast<uint8_t*>(block)[i], 7);
  budget.release(block, 56);
}

TEST(MemoryBudget, SeveralThreadsTogetherStayBelowTheLimit) {
  MemoryBudget budget(1000);
  std::atomic<uint64_t> held{0};
  std::vector<std::thread> threads;
  for (int i = 0; i < 4; ++i) {
    threads.emplace_back([&] {
      for (int round = 0; round < 20'000; ++round) {
        if (!budget.take(300)) continue;
        EXPECT_LE(held.fetch_add(300) + 300, 1000U);
        held.fetch_sub(300);
        budget.give(300);
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(budget.used(), 0U);
}

}  // namespace
}  // namespace ot
