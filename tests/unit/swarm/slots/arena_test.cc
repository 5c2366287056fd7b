#include "swarm/slots/arena.h"

#include <gtest/gtest.h>

#include <cstring>
#include <vector>

namespace ot {
namespace {

TEST(Arena, GivesRoomThatIsAlignedAndDoesNotOverlap) {
  MemoryBudget memory;
  Arena arena(memory);
  std::vector<uint8_t*> rooms;
  for (size_t i = 0; i < 3000; ++i) {
    auto* room = static_cast<uint8_t*>(arena.allocate(1 + i % 200));
    ASSERT_NE(room, nullptr);
    ASSERT_EQ(reinterpret_cast<uintptr_t>(room) % 16, 0U);
    std::memset(room, static_cast<int>(i % 251), 1 + i % 200);
    rooms.push_back(room);
  }
  for (size_t i = 0; i < rooms.size(); ++i)
    for (size_t at = 0; at < 1 + i % 200; ++at) ASSERT_EQ(rooms[i][at], i % 251);
}

TEST(Arena, TakesLittleAtFirstAndGivesAllBackInTheEnd) {
  MemoryBudget memory;
  {
    Arena arena(memory);
    EXPECT_EQ(memory.used(), 0U);
    EXPECT_NE(arena.allocate(100), nullptr);
    EXPECT_LE(memory.used(), 4096U);
    EXPECT_NE(arena.allocate(1U << 20U), nullptr) << "more than any chunk has by itself";
    EXPECT_GE(memory.used(), 1U << 20U);
  }
  EXPECT_EQ(memory.used(), 0U);
}

TEST(Arena, GivesNothingIfThereIsNoMemory) {
  MemoryBudget memory(5000);
  Arena arena(memory);
  EXPECT_NE(arena.allocate(2000), nullptr);
  EXPECT_EQ(arena.allocate(4000), nullptr);
  EXPECT_NE(arena.allocate(1000), nullptr) << "there is still room in the first chunk";
  EXPECT_LE(memory.used(), 4096U);
}

}  // namespace
}  // namespace ot
