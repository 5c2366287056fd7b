#include "base/bytes.h"

#include <gtest/gtest.h>

namespace ot {
namespace {

TEST(ParseDecimal, RefusesWhatIsNotOnlyDigits) {
  EXPECT_EQ(parse_decimal("42"), 42U);
  EXPECT_EQ(parse_decimal("+42"), std::nullopt);
}

}  // namespace
}  // namespace ot
