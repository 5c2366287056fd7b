#include "net/signal_watcher.h"

#include "loopback.h"

namespace ot {
namespace {

bool is_blocked(int signal) {
  sigset_t mask;
  pthread_sigmask(SIG_BLOCK, nullptr, &mask);
  return sigismember(&mask, signal) == 1;
}

TEST(SignalWatcherTest, TurnsSignalsIntoCalls) {
  const SystemClock clock;
  const auto loop = loopback::make_loop(clock);
  std::vector<int> seen;
  SignalWatcher watcher(*loop, [&](int signal) { seen.push_back(signal); });
  ASSERT_TRUE(watcher.watch({SIGUSR1, SIGUSR2}));
  pthread_kill(pthread_self(), SIGUSR2);
  EXPECT_TRUE(seen.empty());
  ASSERT_TRUE(loopback::pump(*loop, [&] { return seen.size() == 1; }));
  pthread_kill(pthread_self(), SIGUSR1);
  ASSERT_TRUE(loopback::pump(*loop, [&] { return seen.size() == 2; }));
  EXPECT_EQ(seen, (std::vector<int>{SIGUSR2, SIGUSR1}));
}

TEST(SignalWatcherTest, PutsTheMaskBack) {
  const SystemClock clock;
  const auto loop = loopback::make_loop(clock);
  {
    SignalWatcher watcher(*loop, [](int) {});
    EXPECT_FALSE(is_blocked(SIGUSR1));
    ASSERT_TRUE(watcher.watch({SIGUSR1}));
    EXPECT_TRUE(is_blocked(SIGUSR1));
  }
  EXPECT_FALSE(is_blocked(SIGUSR1));
}

TEST(SignalWatcherTest, MayGoInItsOwnCall) {
  const SystemClock clock;
  const auto loop = loopback::make_loop(clock);
  std::unique_ptr<SignalWatcher> watcher;
  int calls = 0;
  watcher = std::make_unique<SignalWatcher>(*loop, [&](int) {
    int& count = calls;  // the captures go with the watcher
    watcher.reset();
    ++count;
  });
  ASSERT_TRUE(watcher->watch({SIGUSR1}));
  pthread_kill(pthread_self(), SIGUSR1);
  EXPECT_TRUE(loopback::pump(*loop, [&] { return calls == 1; }));
}

}  // namespace
}  // namespace ot
