#include "access/access_list.h"

#include <gtest/gtest.h>

#include <set>
#include <vector>

#include "access/access_control.h"
#include "base/random.h"
#include "unit/support/thread_time.h"

namespace ot {
namespace {

InfoHash random_hash(Random& random) {
  InfoHash hash;
  for (uint8_t& byte : hash.bytes) byte = static_cast<uint8_t>(random.next());
  return hash;
}

std::vector<InfoHash> random_hashes(size_t count, uint64_t seed) {
  Random random(seed);
  std::vector<InfoHash> hashes(count);
  for (InfoHash& hash : hashes) hash = random_hash(random);
  return hashes;
}

// All zeros, except for a number at one place.
InfoHash chosen_hash(uint64_t number, size_t at) {
  InfoHash hash;
  for (size_t i = 0; i < 4; ++i)
    hash.bytes[(at + i) % InfoHash::kSize] = static_cast<uint8_t>(number >> (8 * i));
  return hash;
}

TEST(AccessList, ContainsNothingIfEmpty) {
  EXPECT_FALSE(AccessList().contains({}));
  const AccessList empty({}, SecretHash::random());
  EXPECT_FALSE(empty.contains({}));
  EXPECT_EQ(empty.size(), 0U);
  EXPECT_EQ(empty.bytes(), 0U);
  empty.prefetch({});
}

TEST(AccessList, ContainsExactlyItsHashes) {
  for (const size_t count : {1U, 2U, 3U, 4U, 10U, 1000U, 50'000U}) {
    const auto hashes = random_hashes(count, count);
    const AccessList list(hashes, SecretHash::random());
    EXPECT_EQ(list.size(), count);
    for (const InfoHash& hash : hashes) ASSERT_TRUE(list.contains(hash));
    for (const InfoHash& hash : random_hashes(1000, count + 1)) ASSERT_FALSE(list.contains(hash));
  }
}

TEST(AccessList, DistinguishesHashesThatDifferInOneBit) {
  const InfoHash base = random_hashes(1, 5).front();
  const AccessList list(std::vector<InfoHash>{base}, SecretHash::random());
  for (size_t bit = 0; bit < 8 * InfoHash::kSize; ++bit) {
    InfoHash other = base;
    other.bytes[bit / 8] ^= static_cast<uint8_t>(1U << (bit % 8));
    EXPECT_FALSE(list.contains(other)) << bit;
  }
}

TEST(AccessList, ContainsTheZeroHashOnlyIfListed) {
  const auto hashes = random_hashes(10, 1);
  EXPECT_FALSE(AccessList(hashes, SecretHash::random()).contains({}));
  const AccessList zeros(std::vector<InfoHash>(2), SecretHash::random());
  EXPECT_TRUE(zeros.contains({}));
  EXPECT_EQ(zeros.size(), 1U);
}

TEST(AccessList, CountsARepeatedHashOnce) {
  auto hashes = random_hashes(1000, 2);
  const auto again = hashes;
  for (int i = 0; i < 5; ++i) hashes.insert(hashes.end(), again.begin(), again.end());
  const AccessList list(hashes, SecretHash::random());
  EXPECT_EQ(list.size(), 1000U);
  for (const InfoHash& hash : again) EXPECT_TRUE(list.contains(hash));
}

TEST(AccessList, TakesLessThan32MegabytesForAMillionHashes) {
  const AccessList list(random_hashes(1'000'000, 3), SecretHash::random());
  EXPECT_EQ(list.size(), 1'000'000U);
  EXPECT_LE(list.bytes(), 30'000'000U);
}

// Compares a list of hashes that differ in a few bytes only with one of random hashes. The limit is
// generous because it is a limit on time; clustering would cost orders of magnitude.
TEST(AccessList, IsNotSlowedByChosenHashes) {
  constexpr size_t kHashes = 100'000;
  const SecretHash hash = SecretHash::random();
  const auto seconds_for = [&](const std::vector<InfoHash>& hashes) {
    const double start = thread_seconds();
    const AccessList list(hashes, hash);
    size_t found = 0;
    for (const InfoHash& one : hashes) found += list.contains(one) ? 1 : 0;
    EXPECT_EQ(found, hashes.size());
    return thread_seconds() - start;
  };
  const double random = seconds_for(random_hashes(kHashes, 4));
  for (const size_t at : {0U, 3U, 4U, 8U, 12U, 16U}) {
    for (const uint64_t step : {1U, 256U, 4096U, 65536U}) {
      std::vector<InfoHash> hashes;
      for (uint64_t i = 0; i < kHashes; ++i) hashes.push_back(chosen_hash(i * step, at));
      EXPECT_LT(seconds_for(hashes), 10 * random + 0.05) << "at " << at << " by " << step;
    }
  }
}

TEST(DynamicSet, AnswersTheLastChange) {
  DynamicSet set(SecretHash::random());
  const InfoHash one = chosen_hash(1, 0);
  EXPECT_EQ(set.find(one), DynamicSet::Change::none);
  EXPECT_TRUE(set.note(one, DynamicSet::Change::added));
  EXPECT_EQ(set.find(one), DynamicSet::Change::added);
  EXPECT_TRUE(set.note(one, DynamicSet::Change::deleted));
  EXPECT_EQ(set.find(one), DynamicSet::Change::deleted);
  EXPECT_EQ(set.find(chosen_hash(2, 0)), DynamicSet::Change::none);
  EXPECT_EQ(set.size(), 1U);
}

TEST(DynamicSet, RefusesMoreThanItsLimitAndStillChangesWhatItHas) {
  DynamicSet set(SecretHash::random(), 1000);
  for (uint64_t i = 0; i < 1000; ++i)
    EXPECT_TRUE(set.note(chosen_hash(i, 0), DynamicSet::Change::added));
  EXPECT_FALSE(set.note(chosen_hash(1000, 0), DynamicSet::Change::added));
  EXPECT_EQ(set.find(chosen_hash(1000, 0)), DynamicSet::Change::none);
  EXPECT_TRUE(set.note(chosen_hash(7, 0), DynamicSet::Change::deleted));
  EXPECT_EQ(set.size(), 1000U);
}

TEST(DynamicSet, ForgetsSingleHashesAndHasRoomForOthersThen) {
  DynamicSet set(SecretHash::random(), 1000);
  for (uint64_t i = 0; i < 1000; ++i)
    EXPECT_TRUE(set.note(chosen_hash(i, 0), DynamicSet::Change::added));
  for (uint64_t i = 0; i < 1000; i += 2) EXPECT_TRUE(set.forget(chosen_hash(i, 0)));
  EXPECT_FALSE(set.forget(chosen_hash(0, 0)));
  EXPECT_EQ(set.size(), 500U);
  set.tidy();
  EXPECT_TRUE(set.note(chosen_hash(1000, 0), DynamicSet::Change::deleted));
  for (uint64_t i = 0; i < 1000; ++i)
    EXPECT_EQ(set.find(chosen_hash(i, 0)),
              i % 2 == 0 ? DynamicSet::Change::none : DynamicSet::Change::added);
  EXPECT_EQ(set.find(chosen_hash(1000, 0)), DynamicSet::Change::deleted);
}

class AccessControlTest : public ::testing::Test {
 protected:
  [[nodiscard]] std::shared_ptr<const AccessList> list_of(
      const std::vector<InfoHash>& hashes) const {
    return std::make_shared<const AccessList>(hashes, hash_);
  }

  const InfoHash listed_ = chosen_hash(1, 0);
  const InfoHash other_ = chosen_hash(2, 0);
  const SecretHash hash_ = SecretHash::random();
  AccessControl white_{AccessMode::white, hash_};
  AccessControl black_{AccessMode::black, hash_};
};

TEST_F(AccessControlTest, OpenPermitsEverything) {
  AccessControl open(AccessMode::open, SecretHash::random());
  EXPECT_TRUE(open.permits(listed_));
  EXPECT_TRUE(open.add(listed_));
  EXPECT_TRUE(open.permits(listed_));
}

TEST_F(AccessControlTest, WithoutAListWhiteServesNothingAndBlackEverything) {
  EXPECT_FALSE(white_.permits(listed_));
  EXPECT_TRUE(black_.permits(listed_));
  white_.prefetch(listed_);
}

TEST_F(AccessControlTest, PermitsByTheList) {
  static_cast<void>(white_.replace(list_of({listed_})));
  static_cast<void>(black_.replace(list_of({listed_})));
  EXPECT_TRUE(white_.permits(listed_));
  EXPECT_FALSE(white_.permits(other_));
  EXPECT_FALSE(black_.permits(listed_));
  EXPECT_TRUE(black_.permits(other_));
}

TEST_F(AccessControlTest, ChangesByFifoOverrideTheList) {
  static_cast<void>(white_.replace(list_of({listed_})));
  EXPECT_TRUE(white_.add(other_));
  EXPECT_TRUE(white_.remove(listed_));
  EXPECT_TRUE(white_.permits(other_));
  EXPECT_FALSE(white_.permits(listed_));
  EXPECT_TRUE(white_.add(listed_));
  EXPECT_TRUE(white_.permits(listed_)) << "the last change counts";
  EXPECT_TRUE(black_.add(other_));
  EXPECT_FALSE(black_.permits(other_));
}

TEST_F(AccessControlTest, ReplacingTheListForgetsChangesAndReturnsTheOldList) {
  const auto first = list_of({listed_});
  static_cast<void>(white_.replace(first));
  EXPECT_TRUE(white_.add(other_));
  EXPECT_EQ(white_.changes(), 1U);
  auto before = white_.replace(list_of({listed_}));
  EXPECT_FALSE(white_.permits(other_));
  EXPECT_EQ(white_.changes(), 0U);
  EXPECT_EQ(first.use_count(), 2);
  before.reset();
  EXPECT_EQ(first.use_count(), 1);
}

}  // namespace
}  // namespace ot
