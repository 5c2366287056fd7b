#include "base/text.h"

#include <gtest/gtest.h>

namespace ot {
namespace {

TEST(Text, ClassifiesEveryByte) {
  for (int c = -128; c < 128; ++c) {
    const auto byte = static_cast<char>(c);
    EXPECT_EQ(is_digit(byte), c >= 0x30 && c <= 0x39) << c;
    EXPECT_EQ(is_blank(byte), c == 0x20 || c == 0x09) << c;
    EXPECT_EQ(is_printable(byte), c >= 0x20 && c < 0x7f) << c;
    EXPECT_EQ(is_control(byte), (c >= 0 && c < 0x20) || c == 0x7f) << c;
  }
}

TEST(Text, KnowsTextThatIsAllDigits) {
  for (const char* text : {"0", "007", "123456789012345678901234567890"})
    EXPECT_TRUE(all_digits(text)) << text;
  for (const char* text : {"", " 1", "1 ", "+1", "-1", "1x", "\xb2"})
    EXPECT_FALSE(all_digits(text)) << text;
}

TEST(Text, IgnoresTheCaseOfAsciiLettersOnly) {
  EXPECT_TRUE(equal_ignoring_case("X-Real-IP", "x-rEAL-ip"));
  EXPECT_TRUE(equal_ignoring_case("", ""));
  EXPECT_FALSE(equal_ignoring_case("abc", "abcd"));
  EXPECT_FALSE(equal_ignoring_case("abcd", "abc"));
  for (int c = -128; c < 128; ++c) {
    const auto byte = static_cast<char>(c);
    const bool is_capital = byte >= 'A' && byte <= 'Z';
    EXPECT_EQ(to_lower(byte), is_capital ? static_cast<char>(byte - 'A' + 'a') : byte) << c;
  }
}

TEST(Text, TrimsBlanksAtBothEnds) {
  EXPECT_EQ(trim(" \t a \t b\t "), "a \t b");
  EXPECT_EQ(trim("a"), "a");
  EXPECT_EQ(trim("\r\n"), "\r\n");
  EXPECT_EQ(trim(" \t"), "");
  EXPECT_EQ(trim(""), "");
}

TEST(Text, CutsAtTheFirstSeparator) {
  std::string_view rest = "a,,b";
  EXPECT_EQ(cut(rest, ','), "a");
  EXPECT_EQ(cut(rest, ','), "");
  EXPECT_EQ(rest, "b");
  EXPECT_EQ(cut(rest, ','), "b");
  EXPECT_EQ(cut(rest, ','), "");
  EXPECT_TRUE(rest.empty());
}

TEST(Text, ShowsBytesThatAreNotPrintableInHex) {
  EXPECT_EQ(printable("a\x1b[2J\n\xc2\x9b~ "), "a\\x1B[2J\\x0A\\xC2\\x9B~ ");
  EXPECT_EQ(printable(std::string_view("\0\x7f", 2)), "\\x00\\x7F");
}

TEST(Text, QuotesAtMost80Bytes) {
  EXPECT_EQ(in_quotes("a\n"), "'a\\x0A'");
  EXPECT_EQ(in_quotes(std::string(80, 'a')), "'" + std::string(80, 'a') + "'");
  EXPECT_EQ(in_quotes(std::string(81, 'a')), "'" + std::string(80, 'a') + "...'");
}

}  // namespace
}  // namespace ot
