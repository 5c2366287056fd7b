#include "swarm/slots/slab.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <set>

namespace ot {
namespace {

class SlabTest : public testing::TestWithParam<SlabKind> {
 protected:
  const Slab::Memory slab_ = Slab::map(GetParam());
};

TEST_P(SlabTest, BeginsWithAllPagesFreeAndEmptyOnItsOwnBoundary) {
  ASSERT_NE(slab_, nullptr);
  EXPECT_EQ(reinterpret_cast<uintptr_t>(slab_.get()) % Slab::kBytes, 0U);
  EXPECT_EQ(slab_->head.kind, GetParam());
  EXPECT_EQ(slab_->free_pages(), Slab::kPages);
  for (const SlotPage& page : slab_->pages) {
    EXPECT_TRUE(std::none_of(page.slots.begin(), page.slots.end(),
                             [](const Torrent& torrent) { return torrent.is_occupied(); }));
  }
}

TEST_P(SlabTest, GivesEachPageOnceFromTheLowestOnAndKnowsItsOwner) {
  ASSERT_NE(slab_, nullptr);
  for (uint16_t i = 0; i < Slab::kPages; ++i) {
    SlotPage* page = slab_->take({.shard = i, .row = static_cast<uint16_t>(2 * i)});
    ASSERT_EQ(page, &slab_->pages[i]);
    EXPECT_EQ(&Slab::of(page), slab_.get());
  }
  EXPECT_EQ(slab_->free_pages(), 0U);
  for (uint16_t i = 0; i < Slab::kPages; ++i) {
    EXPECT_EQ(slab_->owner_of(&slab_->pages[i]).shard, i);
    EXPECT_EQ(slab_->owner_of(&slab_->pages[i]).row, 2 * i);
  }
}

TEST_P(SlabTest, GivesAgainWhatCameBackTheLowestFirst) {
  ASSERT_NE(slab_, nullptr);
  for (size_t i = 0; i < Slab::kPages; ++i) slab_->take({});
  for (const size_t number : {size_t{500}, size_t{64}, size_t{63}})
    slab_->give(&slab_->pages[number]);
  EXPECT_EQ(slab_->free_pages(), 3U);
  for (const size_t number : {size_t{63}, size_t{64}, size_t{500}})
    EXPECT_EQ(slab_->take({}), &slab_->pages[number]);
}

TEST_P(SlabTest, FindsItsLowestPageInUse) {
  ASSERT_NE(slab_, nullptr);
  for (size_t i = 0; i < 200; ++i) slab_->take({});
  for (size_t i = 0; i < 199; ++i) {
    EXPECT_EQ(slab_->first_used(), &slab_->pages[i]);
    slab_->give(&slab_->pages[i]);
  }
  EXPECT_EQ(slab_->first_used(), &slab_->pages[199]);
}

INSTANTIATE_TEST_SUITE_P(Kinds, SlabTest, testing::Values(SlabKind::nursery, SlabKind::settled));

using SlabDeathTest = SlabTest;

TEST_P(SlabDeathTest, TakesBackNoPageThatIsFree) {
  ASSERT_NE(slab_, nullptr);
  SlotPage* page = slab_->take({});
  slab_->give(page);
  EXPECT_DEATH(slab_->give(page), "used_bits");
  EXPECT_DEATH((void)slab_->first_used(), "used != 0");
}

INSTANTIATE_TEST_SUITE_P(Kinds, SlabDeathTest,
                         testing::Values(SlabKind::nursery, SlabKind::settled));

}  // namespace
}  // namespace ot
