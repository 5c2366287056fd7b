#include "net/timeout_queue.h"

#include <gtest/gtest.h>

#include <deque>
#include <optional>
#include <string>

namespace ot {
namespace {

using std::chrono::seconds;

constexpr MonotonicTime kStart{seconds(100)};

struct Guest : TimeoutHook {
  explicit Guest(char letter) : name(letter) {}
  char name;
};

class TimeoutQueueTest : public ::testing::Test {
 protected:
  void fire_at(MonotonicTime now) {
    timers_.begin_pass(now);
    timers_.fire();
  }

  Timers timers_{kStart};
  std::string expired_;
  TimeoutQueue<Guest> queue_{timers_, seconds(5), [this](Guest& guest) { expired_ += guest.name; }};
  Guest a_{'a'};
  Guest b_{'b'};
};

TEST_F(TimeoutQueueTest, ExpiresInOrderOfArming) {
  queue_.arm(b_);
  timers_.begin_pass(kStart + seconds(1));
  queue_.arm(a_);
  fire_at(kStart + seconds(5) - Duration(1));
  EXPECT_EQ(expired_, "");
  fire_at(kStart + seconds(5));
  EXPECT_EQ(expired_, "b");
  EXPECT_FALSE(b_.linked());
  fire_at(kStart + seconds(6));
  EXPECT_EQ(expired_, "ba");
}

TEST_F(TimeoutQueueTest, StartsAgainWhenArmedAgain) {
  queue_.arm(a_);
  timers_.begin_pass(kStart + seconds(4));
  queue_.arm(a_);
  fire_at(kStart + seconds(8));
  EXPECT_EQ(expired_, "");
  fire_at(kStart + seconds(9));
  EXPECT_EQ(expired_, "a");
}

TEST_F(TimeoutQueueTest, ForgetsElementsThatLeave) {
  std::optional<Guest> gone('g');
  queue_.arm(a_);
  queue_.arm(*gone);
  queue_.arm(b_);
  a_.unlink();
  gone.reset();
  EXPECT_EQ(queue_.front(), &b_);
  fire_at(kStart + seconds(5));
  EXPECT_EQ(expired_, "b");
}

TEST_F(TimeoutQueueTest, LetsAnElementStandInOneQueueOnly) {
  TimeoutQueue<Guest> other(timers_, seconds(1), [this](Guest&) { expired_ += '!'; });
  queue_.arm(a_);
  other.arm(a_);
  EXPECT_EQ(queue_.front(), nullptr);
  fire_at(kStart + seconds(9));
  EXPECT_EQ(expired_, "!");
}

TEST_F(TimeoutQueueTest, WorksAgainAfterItRanEmpty) {
  queue_.arm(a_);
  fire_at(kStart + seconds(5));
  fire_at(kStart + seconds(20));
  queue_.arm(b_);
  fire_at(kStart + seconds(25));
  EXPECT_EQ(expired_, "ab");
}

TEST_F(TimeoutQueueTest, ExpiresABoundedNumberInAPass) {
  std::deque<Guest> crowd;
  for (int i = 0; i < 150; ++i) queue_.arm(crowd.emplace_back('c'));
  fire_at(kStart + seconds(9));
  EXPECT_EQ(expired_.size(), 64U);
  EXPECT_LE(timers_.next(), timers_.now());
  fire_at(kStart + seconds(9));
  fire_at(kStart + seconds(9));
  EXPECT_EQ(expired_.size(), 150U);
}

TEST_F(TimeoutQueueTest, MovesAListToTheEndOfAnother) {
  HookList<Guest> from;
  HookList<Guest> to;
  to.push_back(a_);
  from.push_back(b_);
  to.append_all_of(from);
  EXPECT_TRUE(from.empty());
  EXPECT_EQ(to.front(), &a_);
  a_.unlink();
  EXPECT_EQ(to.front(), &b_);
}

}  // namespace
}  // namespace ot
