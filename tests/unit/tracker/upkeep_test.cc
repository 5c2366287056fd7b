#include "tracker/upkeep.h"

#include <gtest/gtest.h>

#include "unit/net/loopback.h"
#include "unit/swarm/numbered.h"

namespace ot {
namespace {

class UpkeepTest : public testing::Test {
 protected:
  void announce(uint32_t first, uint32_t count, AnnounceEvent event) {
    for (uint32_t number = first; number < first + count; ++number) {
      AnnounceRequest request;
      request.info_hash = numbered_hash(number, static_cast<uint8_t>(number));
      request.peer = endpoint4(number);
      request.event = event;
      table_.announce(request, table_.locate(request.info_hash), 0, 0, {}, random_);
    }
  }
  [[nodiscard]] uint64_t bytes() { return table_.totals().bytes; }
  SystemClock clock_;
  std::unique_ptr<EventLoop> loop_ = loopback::make_loop(clock_);
  TorrentTable table_{{}, SecretHash::from_seed(1)};
  std::unique_ptr<Worker> worker_ = std::move(Worker::create(clock_)).value();
  Random random_{1};
};

TEST_F(UpkeepTest, MakesAsManySlabsAsThePagesFill) {
  announce(0, 60'000, AnnounceEvent::started);
  const uint64_t in_nurseries = bytes();
  const Upkeep upkeep(*loop_, *worker_, table_, clock_);
  ASSERT_TRUE(loopback::pump(
      *loop_, [&] { return worker_->status().done == in_nurseries / Slab::kBytes; }));
  ASSERT_TRUE(loopback::pump(*loop_, [&] { return !table_.wants_slab(); }));
  EXPECT_LE(bytes(), in_nurseries + 2 * Slab::kBytes);
}

TEST_F(UpkeepTest, LeavesASmallTableAlone) {
  announce(0, 1000, AnnounceEvent::started);
  const Upkeep upkeep(*loop_, *worker_, table_, clock_);
  for (int i = 0; i < 20; ++i) loop_->run_once(std::chrono::milliseconds(10));
  EXPECT_EQ(worker_->status().done, 0U);
}

TEST_F(UpkeepTest, MayBeDestroyedWhileTheWorkerMakesASlab) {
  announce(0, 60'000, AnnounceEvent::started);
  for (int i = 0; i < 5; ++i) const Upkeep upkeep(*loop_, *worker_, table_, clock_);
  EXPECT_TRUE(table_.wants_slab());
  EXPECT_TRUE(loopback::pump(*loop_, [&] { return worker_->status().waiting == 0; }));
}

}  // namespace
}  // namespace ot
