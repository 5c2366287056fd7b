#include "swarm/peers/peer_choice.h"

#include <gtest/gtest.h>

namespace ot {
namespace {

constexpr PeerRoom kAmple{1000, 1000};

size_t total(const FamilyCounts& counts) { return counts.v4.total() + counts.v6.total(); }

void expect_within(const PartCounts& chosen, const PartCounts& have, size_t room) {
  EXPECT_LE(chosen.leechers, have.leechers);
  EXPECT_LE(chosen.seeders, have.seeders);
  EXPECT_LE(chosen.total(), room);
}

TEST(PeerChoice, GivesExactlyNumwantIfOthersAndRoomAllow) {
  Random random(1);
  for (int i = 0; i < 200'000; ++i) {
    const uint32_t scale = 1 + random.below(100);
    const FamilyCounts others{{random.below(scale), random.below(scale)},
                              {random.below(scale), random.below(scale)}};
    const size_t numwant = 1 + random.below(100);
    const PeerRoom room{random.below(80), random.below(80)};
    const FamilyCounts chosen = choose_peers(others, numwant, room, random.below(2) == 0, random);
    expect_within(chosen.v4, others.v4, room.v4);
    expect_within(chosen.v6, others.v6, room.v6);
    const size_t possible =
        std::min(others.v4.total(), room.v4) + std::min(others.v6.total(), room.v6);
    // A seeder with enough leechers gets no seeders, but still numwant peers.
    EXPECT_EQ(total(chosen), std::min(numwant, possible));
    if (HasFailure()) break;
  }
}

TEST(PeerChoice, ALeecherGetsKindsInProportion) {
  Random random(1);
  double seeders = 0;
  constexpr int kRounds = 10'000;
  for (int i = 0; i < kRounds; ++i) {
    const FamilyCounts chosen = choose_peers({{900, 90}, {}}, 10, kAmple, false, random);
    EXPECT_LE(chosen.v4.seeders, 1U);
    seeders += static_cast<double>(chosen.v4.seeders);
  }
  EXPECT_NEAR(seeders / kRounds, 10.0 * 90 / 990, 0.02);
}

TEST(PeerChoice, ASeederGetsNoSeedersWhileThereAreEnoughLeechers) {
  Random random(1);
  EXPECT_EQ(choose_peers({{30, 500}, {}}, 30, kAmple, true, random),
            (FamilyCounts{{30, 0}, {0, 0}}));
  EXPECT_EQ(choose_peers({{10, 500}, {20, 500}}, 30, kAmple, true, random),
            (FamilyCounts{{10, 0}, {20, 0}}));
}

TEST(PeerChoice, ASeederGetsAllLeechersBeforeTheFirstSeeder) {
  Random random(1);
  for (int i = 0; i < 100; ++i) {
    EXPECT_EQ(choose_peers({{8, 500}, {}}, 30, kAmple, true, random),
              (FamilyCounts{{8, 22}, {0, 0}}));
    const FamilyCounts chosen = choose_peers({{0, 1000}, {20, 10}}, 50, kAmple, true, random);
    EXPECT_EQ(chosen.v6.leechers, 20U);
    EXPECT_EQ(total(chosen), 50U);
  }
}

TEST(PeerChoice, EachFamilyGetsAtLeastAQuarter) {
  Random random(1);
  for (const bool asker_seeds : {false, true}) {
    for (const size_t numwant : {2U, 3U, 4U, 30U, 50U, 200U}) {
      const FamilyCounts chosen =
          choose_peers({{10'000, 10'000}, {60, 60}}, numwant, kAmple, asker_seeds, random);
      EXPECT_GE(chosen.v6.total() * 4, numwant);
      EXPECT_LE(chosen.v6.total() * 4, numwant + 3);
      const FamilyCounts mirrored =
          choose_peers({{60, 60}, {10'000, 10'000}}, numwant, kAmple, asker_seeds, random);
      EXPECT_GE(mirrored.v4.total() * 4, numwant);
    }
  }
}

TEST(PeerChoice, TheOtherFamilyGetsWhatIsMissingOfAQuarter) {
  Random random(1);
  const FamilyCounts chosen = choose_peers({{1000, 0}, {3, 0}}, 40, kAmple, false, random);
  EXPECT_EQ(chosen.v6.total(), 3U);
  EXPECT_EQ(chosen.v4.total(), 37U);
}

TEST(PeerChoice, ASinglePeerIsOfEitherFamilyInProportion) {
  Random random(1);
  size_t v6 = 0;
  for (int i = 0; i < 10'000; ++i) {
    const FamilyCounts chosen = choose_peers({{75, 0}, {25, 0}}, 1, kAmple, false, random);
    EXPECT_EQ(total(chosen), 1U);
    v6 += chosen.v6.total();
  }
  EXPECT_NEAR(static_cast<double>(v6), 2500, 200);
}

}  // namespace
}  // namespace ot
