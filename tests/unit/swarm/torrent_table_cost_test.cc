// What an adversary who chooses info_hashes, or an unlucky moment, can make an announce cost.
//
// Times are CPU time of this thread. Other load disturbs even that, so a cost is the least of
// several runs of the same operations.
#include <gtest/gtest.h>

#include <algorithm>
#include <vector>

#include "swarm/torrent_table.h"
#include "unit/support/thread_time.h"
#include "unit/swarm/numbered.h"

#if defined(__has_feature)
#define OT_HAS_SANITIZER __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
#else
#define OT_HAS_SANITIZER 0
#endif

namespace ot {
namespace {

// Under a sanitizer these tests only run the code; its times mean nothing.
constexpr bool kTimesCount = !(OT_HAS_SANITIZER);
constexpr uint32_t kTorrents = kTimesCount ? 1'000'000 : 50'000;

// Hashes whose first bytes are all the same.
InfoHash chosen_hash(uint32_t number, size_t same) {
  Random random(number);
  InfoHash hash;
  for (size_t i = same; i < InfoHash::kSize; ++i)
    hash.bytes[i] = static_cast<uint8_t>(random.next() >> 56U);
  // With 16 equal bytes only 4 are left, which collide at random.
  for (size_t i = 0; i < 4 && same >= 16; ++i)
    hash.bytes[16 + i] = static_cast<uint8_t>(number >> (8U * i));
  return hash;
}

class CostTable {
 public:
  explicit CostTable(size_t same) : same_(same), table_({}, SecretHash::from_seed(9)) {
    for (uint32_t number = 0; number < kTorrents; ++number) announce(number, AnnounceEvent::none);
  }

  // CPU of a fixed mixture of renewals, arrivals and departures.
  double cost_of_a_round(uint32_t round) {
    constexpr uint32_t kOperations = 30'000;
    std::vector<AnnounceRequest> requests;
    Random random(round);
    for (uint32_t i = 0; i < kOperations; ++i) {
      requests.push_back(request(random.below(kTorrents), AnnounceEvent::none));
      if (i % 4 != 0) continue;
      requests.push_back(request(kTorrents + i, AnnounceEvent::started));
      requests.push_back(request(kTorrents + i, AnnounceEvent::stopped));
    }
    const double begun = thread_seconds();
    for (const AnnounceRequest& each : requests) announce(each);
    return thread_seconds() - begun;
  }

 private:
  [[nodiscard]] AnnounceRequest request(uint32_t number, AnnounceEvent event) const {
    AnnounceRequest request;
    request.info_hash = chosen_hash(number, same_);
    request.peer = endpoint4(number);
    request.event = event;
    return request;
  }
  void announce(uint32_t number, AnnounceEvent event) { announce(request(number, event)); }
  void announce(const AnnounceRequest& request) {
    table_.announce(request, table_.locate(request.info_hash), 30, 5, {out_, {}}, random_);
  }

  size_t same_;
  TorrentTable table_;
  Random random_{1};
  std::array<uint8_t, 30 * kCompactPeer4> out_{};
};

TEST(TorrentTableCost, ChosenHashesCostNoMoreThanRandomOnes) {
  CostTable spread(0);
  for (const size_t same : {4U, 8U, 16U}) {
    CostTable chosen(same);
    double best_spread = 1e9;
    double best_chosen = 1e9;
    for (uint32_t round = 0; round < 15; ++round) {
      best_spread = std::min(best_spread, spread.cost_of_a_round(round % 3));
      best_chosen = std::min(best_chosen, chosen.cost_of_a_round(round % 3));
    }
    const double ratio = best_chosen / best_spread;
    RecordProperty("ratio_same_" + std::to_string(same), std::to_string(ratio));
    EXPECT_TRUE(!kTimesCount || ratio <= 1.1) << same << " bytes the same: " << ratio;
  }
}

// The least of several runs for each operation of a sequence.
class LeastTimes {
 public:
  void begin_run() { at_ = 0; }
  template <typename Operation>
  void time(Operation&& operation) {
    const double begun = thread_seconds();
    operation();
    const double spent = thread_seconds() - begun;
    if (at_ == times_.size()) times_.push_back(spent);
    times_[at_] = std::min(times_[at_], spent);
    ++at_;
  }
  [[nodiscard]] double longest() const { return *std::max_element(times_.begin(), times_.end()); }

 private:
  std::vector<double> times_;
  size_t at_ = 0;
};

// One shard grows to a million torrents and empties again: 80 MB of slots move, and their memory
// goes back.
TEST(TorrentTableCost, NoOperationOnAShardOfAMillionTakesAMillisecond) {
  LeastTimes arrivals;
  LeastTimes departures;
  LeastTimes sweeps;
  for (int run = 0; run < 2; ++run) {
    TorrentTable table({}, SecretHash::from_seed(9));
    Random random(1);
    for (LeastTimes* times : {&arrivals, &departures, &sweeps}) times->begin_run();
    const auto announce = [&](uint32_t number, AnnounceEvent event) {
      AnnounceRequest request;
      request.info_hash = chosen_hash(number, 16);
      request.peer = endpoint4(number);
      request.event = event;
      table.announce(request, table.locate(request.info_hash), 0, 5, {}, random);
    };
    for (uint32_t number = 0; number < kTorrents; ++number)
      arrivals.time([&] { announce(number, AnnounceEvent::started); });
    for (uint32_t number = 0; number < kTorrents; number += 2)
      departures.time([&] { announce(number, AnnounceEvent::stopped); });
    SweepCursor cursor;
    while (table.torrents() != 0) sweeps.time([&] { table.sweep(cursor, 55, 1000); });
    for (uint32_t i = 0; i < kTorrents / 100; ++i) {
      cursor = {};
      sweeps.time([&] { table.sweep(cursor, 55, 1000); });
    }
    EXPECT_LT(table.totals().bytes, 1U << 20U) << "the memory is given back";
  }
  RecordProperty("longest_arrival_us", std::to_string(arrivals.longest() * 1e6));
  RecordProperty("longest_departure_us", std::to_string(departures.longest() * 1e6));
  RecordProperty("longest_sweep_us", std::to_string(sweeps.longest() * 1e6));
  EXPECT_TRUE(!kTimesCount || arrivals.longest() < 1e-3) << arrivals.longest();
  EXPECT_TRUE(!kTimesCount || departures.longest() < 1e-3) << departures.longest();
  EXPECT_TRUE(!kTimesCount || sweeps.longest() < 1e-3) << sweeps.longest();
}

// One swarm of a million: blocks split, the directory moves.
TEST(TorrentTableCost, NoOperationOnASwarmOfAMillionTakesAMillisecond) {
  LeastTimes times;
  for (int run = 0; run < 2; ++run) {
    TorrentTable table({}, SecretHash::from_seed(9));
    Random random(1);
    std::array<uint8_t, 200 * kCompactPeer4> out{};
    times.begin_run();
    AnnounceRequest request;
    const TorrentTable::Place place = table.locate(request.info_hash);
    for (uint32_t number = 0; number < kTorrents; ++number) {
      request.peer = endpoint4(number);
      times.time([&] { table.announce(request, place, 200, 5, {out, {}}, random); });
    }
    SweepCursor cursor;
    while (table.peers() != 0) times.time([&] { table.sweep(cursor, 55, 1000); });
    EXPECT_LT(table.totals().bytes, 1U << 20U);
  }
  RecordProperty("longest_us", std::to_string(times.longest() * 1e6));
  EXPECT_TRUE(!kTimesCount || times.longest() < 1e-3) << times.longest();
}

}  // namespace
}  // namespace ot
