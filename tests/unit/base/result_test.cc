#include "base/result.h"

#include <gtest/gtest.h>

#include <memory>
#include <string>

namespace ot {
namespace {

enum class Fault : unsigned char { cold, warm };

Result<int, Fault> halve(int number) {
  if (number % 2 != 0) return Unexpected(Fault::warm);
  return number / 2;
}

TEST(Result, HoldsEitherAValueOrAnError) {
  const auto good = halve(8);
  ASSERT_TRUE(good);
  EXPECT_TRUE(good.has_value());
  EXPECT_EQ(*good, 4);
  const auto bad = halve(7);
  ASSERT_FALSE(bad);
  EXPECT_EQ(bad.error(), Fault::warm);
}

TEST(Result, DistinguishesValueAndErrorOfTheSameType) {
  const Result<std::string, std::string> good = std::string("same");
  const Result<std::string, std::string> bad = Unexpected(std::string("same"));
  EXPECT_TRUE(good);
  EXPECT_FALSE(bad);
  EXPECT_EQ(bad.error(), *good);
}

TEST(Result, MovesOutAMoveOnlyValue) {
  Result<std::unique_ptr<int>, Fault> result = std::make_unique<int>(5);
  const std::unique_ptr<int> taken = *std::move(result);
  EXPECT_EQ(*taken, 5);
}

TEST(Result, LetsItsValueBeChangedInPlace) {
  Result<std::string, Fault> result = std::string("ab");
  *result += "c";
  result->push_back('d');
  EXPECT_EQ(result.value(), "abcd");
}

TEST(Result, ConvertsTheErrorItIsGiven) {
  const Result<int, std::string> result = Unexpected("literal");
  EXPECT_EQ(result.error(), "literal");
}

TEST(Result, WithoutAValueIsSuccessUnlessItHasAnError) {
  const Result<void, Fault> good;
  EXPECT_TRUE(good);
  const Result<void, Fault> bad = Unexpected(Fault::cold);
  EXPECT_FALSE(bad.has_value());
  EXPECT_EQ(bad.error(), Fault::cold);
}

TEST(Result, IsUsableAtCompileTime) {
  constexpr Result<int, Fault> kGood = 3;
  static_assert(kGood.has_value() && *kGood == 3);
}

}  // namespace
}  // namespace ot
