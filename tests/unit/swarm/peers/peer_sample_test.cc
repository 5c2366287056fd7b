#include "swarm/peers/peer_sample.h"

#include <gtest/gtest.h>

#include <utility>
#include <vector>

#include "unit/swarm/numbered.h"

namespace ot {
namespace {

struct Case {
  uint32_t leechers;
  uint32_t seeders;
  size_t numwant;
};

// Neighbours come together, so a small part has few independent deviations.
constexpr double kMostUneven = 2.5;

// A list of numbered peers, the leechers first, and how often each has been given out.
class Sampled {
 public:
  explicit Sampled(const Case& sizes) : sizes_(sizes), hits_(sizes.leechers + sizes.seeders) {
    for (uint32_t number = 0; number < hits_.size(); ++number) {
      const bool seeding = number >= sizes.leechers;
      EXPECT_TRUE(list_.insert(numbered_peer<Peer4>(number, seeding), seeding, context_));
    }
  }
  ~Sampled() { list_.release(memory_); }
  Sampled(const Sampled&) = delete;
  Sampled& operator=(const Sampled&) = delete;

  void draw(bool seeding, std::optional<uint32_t> asker, size_t rounds) {
    std::vector<uint8_t> out(hits_.size() * Peer4::kCompact + 1);
    std::optional<PeerPosition> skipped;
    if (asker) skipped = list_.find(numbered_peer<Peer4>(*asker), context_);
    const bool inside = asker && (*asker >= sizes_.leechers) == seeding;
    const size_t others = list_.count(seeding) - (inside ? 1U : 0U);
    last_round_.assign(hits_.size(), 0);
    PeerCopies copies;
    for (size_t round = 0; round < rounds; ++round) {
      const uint8_t* end =
          sample_part(list_, seeding, sizes_.numwant, skipped, random_, copies, out.data());
      copies.write();
      const auto size = static_cast<size_t>(end - out.data());
      ASSERT_EQ(size, std::min(sizes_.numwant, others) * Peer4::kCompact);
      for (size_t at = 0; at < size; at += Peer4::kCompact) {
        const uint32_t number = peer_number<Peer4>(out.data() + at);
        ASSERT_LT(number, hits_.size());
        ASSERT_EQ(number >= sizes_.leechers, seeding);
        ASSERT_NE(number, asker);
        ASSERT_NE(std::exchange(last_round_[number], round + 1), round + 1) << "given twice";
        ++hits_[number];
      }
    }
  }

  // The mean squared deviation of a part's hits from the mean, divided by what chance alone gives:
  // about 1 for a uniform choice of single peers.
  double unevenness(bool seeding, std::optional<uint32_t> asker) const {
    double sum = 0;
    double squares = 0;
    double count = 0;
    for (uint32_t number = 0; number < hits_.size(); ++number) {
      if ((number >= sizes_.leechers) != seeding || asker == number) continue;
      sum += hits_[number];
      squares += static_cast<double>(hits_[number]) * hits_[number];
      ++count;
    }
    const double mean = sum / count;
    return (squares / count - mean * mean) / mean;
  }

 private:
  Case sizes_;
  SecretHash hash_ = SecretHash::from_seed(1);
  MemoryBudget memory_;
  SwarmContext context_{hash_, memory_, best_peer_scan()};
  PeerList<Peer4> list_{};
  std::vector<uint32_t> hits_;
  std::vector<size_t> last_round_;
  Random random_{7};
};

// One block, two blocks, many; more wanted than there are; few of a kind in a large swarm.
class PeerSample : public ::testing::TestWithParam<Case> {};
INSTANTIATE_TEST_SUITE_P(Swarms, PeerSample,
                         ::testing::Values(Case{3, 2, 1}, Case{9, 1, 4}, Case{20, 20, 50},
                                           Case{100, 30, 30}, Case{100, 30, 1}, Case{250, 80, 50},
                                           Case{2000, 500, 3}, Case{2000, 500, 200},
                                           Case{20'000, 20, 50}, Case{20'000, 300, 8}),
                         [](const auto& swarm) {
                           const Case& c = swarm.param;
                           return std::to_string(c.numwant) + "of" + std::to_string(c.leechers) +
                                  "and" + std::to_string(c.seeders);
                         });

TEST_P(PeerSample, IsUniformOverEachPart) {
  for (const bool seeding : {false, true}) {
    Sampled sampled(GetParam());
    sampled.draw(seeding, std::nullopt, 8'000);
    EXPECT_LT(sampled.unevenness(seeding, std::nullopt), kMostUneven);
  }
}

TEST_P(PeerSample, IsUniformOverTheOthersAndLeavesOutTheAsker) {
  const std::vector<uint32_t> askers{0, GetParam().leechers / 2, GetParam().leechers - 1,
                                     GetParam().leechers + GetParam().seeders - 1};
  for (const uint32_t asker : askers) {
    for (const bool seeding : {false, true}) {
      Sampled sampled(GetParam());
      sampled.draw(seeding, asker, 4'000);
      if (HasFatalFailure()) return;
      const bool alone = GetParam().seeders == 1 && seeding && asker >= GetParam().leechers;
      EXPECT_TRUE(alone || sampled.unevenness(seeding, asker) < kMostUneven);
    }
  }
}

TEST(PeerSampleOfAnEmptyList, WritesNothing) {
  Random random(1);
  const PeerList<Peer4> list{};
  PeerCopies copies;
  EXPECT_EQ(sample_part(list, false, 10, std::nullopt, random, copies, nullptr), nullptr);
}

}  // namespace
}  // namespace ot
