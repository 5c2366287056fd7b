#include "base/features.h"

#include <gtest/gtest.h>

namespace ot {
namespace {

TEST(Features, AreNamedByTheirSwitch) {
  EXPECT_EQ(features::kV6Only.name, "WANT_V6");
  EXPECT_EQ(features::kWhitelist.name, "WANT_ACCESSLIST_WHITE");
  EXPECT_EQ(features::kGzip.name, "WANT_COMPRESSION_GZIP");
}

TEST(Features, AreBuiltInExactlyIfTheirMacroIsDefined) {
#ifdef WANT_KEEPALIVE
  EXPECT_TRUE(features::kKeepAlive.built_in);
#else
  EXPECT_FALSE(features::kKeepAlive.built_in);
#endif
#ifdef WANT_V6
  EXPECT_TRUE(features::kV6Only.built_in);
#else
  EXPECT_FALSE(features::kV6Only.built_in);
#endif
}

TEST(Features, ChooseCodeAtCompileTime) {
  if constexpr (features::kFullScrape) {
    SUCCEED();
  }
  constexpr Feature kOff{"off", false};
  static_assert(!kOff);
}

}  // namespace
}  // namespace ot
