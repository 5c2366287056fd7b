#include "protocol/url_query.h"

#include <gtest/gtest.h>

#include <array>
#include <string>
#include <utility>
#include <vector>

#include "base/random.h"
#include "unit/support/guarded_bytes.h"

namespace ot {
namespace {

using Pairs = std::vector<std::pair<std::string, std::string>>;

Pairs pairs_of(std::string_view query) {
  Pairs pairs;
  QueryReader reader(query);
  for (QueryParameter parameter; reader.next(parameter);)
    pairs.emplace_back(parameter.key, parameter.value);
  return pairs;
}

Result<std::string, DecodeError> decoded(std::string_view text, size_t room = 64) {
  std::array<uint8_t, 64> out{};
  const auto size = percent_decode(text, ByteSpan(out).first(room));
  if (!size) return Unexpected(size.error());
  return std::string(as_text(out).substr(0, *size));
}

TEST(QueryReader, HandsOutPairsFromLeftToRight) {
  EXPECT_EQ(pairs_of("a=1&b=2&a=3"), (Pairs{{"a", "1"}, {"b", "2"}, {"a", "3"}}));
  EXPECT_EQ(pairs_of("port=6881"), (Pairs{{"port", "6881"}}));
}

TEST(QueryReader, SkipsEmptyPairs) {
  EXPECT_EQ(pairs_of(""), Pairs());
  EXPECT_EQ(pairs_of("&&&"), Pairs());
  EXPECT_EQ(pairs_of("&&a=1&&&b=2&"), (Pairs{{"a", "1"}, {"b", "2"}}));
}

TEST(QueryReader, AcceptsPairsWithoutKeyOrValue) {
  EXPECT_EQ(pairs_of("a"), (Pairs{{"a", ""}}));
  EXPECT_EQ(pairs_of("a=&b&=c&="), (Pairs{{"a", ""}, {"b", ""}, {"", "c"}, {"", ""}}));
}

TEST(QueryReader, EndsAKeyAtTheFirstEqualsSign) {
  EXPECT_EQ(pairs_of("a=b=c&d==="), (Pairs{{"a", "b=c"}, {"d", "=="}}));
}

TEST(PercentDecode, DecodesEscapesInEitherCase) {
  EXPECT_EQ(*decoded("%41%6a%6A%2f%2F"), "Ajj//");
  EXPECT_EQ(*decoded("%00%ff%FF"), std::string("\0\xff\xff", 3));
}

TEST(PercentDecode, LeavesOtherBytesUnchanged) {
  EXPECT_EQ(*decoded(""), "");
  EXPECT_EQ(*decoded("a+b~\x80\xfe c"), "a+b~\x80\xfe c");
}

TEST(PercentDecode, RefusesBadEscapes) {
  for (const std::string_view text :
       {"%", "%4", "a%", "a%4", "%zz", "%4g", "%g4", "%%41", "%-1", "%+1", "% 1", "%1 ", "%0x41"})
    EXPECT_EQ(decoded(text).error(), DecodeError::bad_escape) << text;
}

TEST(PercentDecode, RefusesMoreThanFits) {
  EXPECT_EQ(*decoded("abcd", 4), "abcd");
  EXPECT_EQ(*decoded("%41%42%43%44", 4), "ABCD");
  EXPECT_EQ(decoded("abcde", 4).error(), DecodeError::too_long);
  EXPECT_EQ(decoded("%41%42%43%44%45", 4).error(), DecodeError::too_long);
  EXPECT_EQ(decoded("a", 0).error(), DecodeError::too_long);
}

TEST(PercentDecode, DecodesAnyEncoding) {
  constexpr std::array<std::string_view, 2> kFormats{"0123456789abcdef", "0123456789ABCDEF"};
  Random random(1);
  for (int round = 0; round < 2000; ++round) {
    std::string plain;
    std::string encoded;
    for (uint32_t i = random.below(64); i > 0; --i) {
      const auto byte = static_cast<uint8_t>(random.below(256));
      plain += static_cast<char>(byte);
      if (byte != '%' && random.below(2) == 0) {
        encoded += static_cast<char>(byte);
        continue;
      }
      const std::string_view digits = kFormats[random.below(2)];
      encoded += {'%', digits[byte >> 4U], digits[byte & 15U]};
    }
    EXPECT_EQ(*decoded(encoded), plain);
  }
}

TEST(KeyIs, ComparesDecodedKeys) {
  EXPECT_TRUE(key_is("info_hash", "info_hash"));
  EXPECT_TRUE(key_is("info%5fhash", "info_hash"));
  EXPECT_TRUE(key_is("%69nfo%5Fhas%68", "info_hash"));
  EXPECT_FALSE(key_is("info-hash", "info_hash"));
  EXPECT_FALSE(key_is("Info_hash", "info_hash"));
  EXPECT_FALSE(key_is("info_has", "info_hash"));
  EXPECT_FALSE(key_is("info%5ghash", "info_hash"));
  EXPECT_FALSE(key_is("info%5fhashes", "info_hash"));
  EXPECT_FALSE(key_is(std::string(100, '%'), "info_hash"));
  EXPECT_FALSE(key_is("%69" + std::string(100, 'x'), "info_hash"));
}

TEST(FindParameter, AnswersTheFirstRawValue) {
  EXPECT_EQ(find_parameter("mode=%41&mode=b", "mode"), "%41");
  EXPECT_EQ(find_parameter("a=1&m%6fde&b", "mode"), "");
  EXPECT_EQ(find_parameter("format=txt", "mode"), std::nullopt);
}

TEST(UrlQuery, NeverReadsPastTheQuery) {
  GuardedBytes guard(4096);
  std::array<uint8_t, 20> out{};
  const std::string query = "info%5fhash=%12%34ab%cd&port=6881&x&=&&key=%a&event=started%4";
  for (size_t size = 0; size <= query.size(); ++size) {
    const std::string_view prefix = guard.place(std::string_view(query).substr(0, size));
    QueryReader reader(prefix);
    size_t seen = 0;
    for (QueryParameter parameter; reader.next(parameter);) {
      static_cast<void>(percent_decode(parameter.value, out));
      static_cast<void>(key_is(parameter.key, "info_hash"));
      seen += parameter.key.size() + parameter.value.size();
    }
    EXPECT_LE(seen, size);
  }
}

}  // namespace
}  // namespace ot
