#include "base/bytes.h"

#include <gtest/gtest.h>

#include <array>
#include <string>
#include <vector>

namespace ot {
namespace {

constexpr std::array<uint8_t, 15> kWire{0x01, 0x02, 0x03, 0x04, 0x05, 0x06, 0x07, 0x08,
                                        0xf9, 0xfa, 0xfb, 0xfc, 0xfd, 0xfe, 0xff};

TEST(ByteReader, ReadsBigEndianIntegersOfEverySize) {
  ByteReader reader(kWire);
  EXPECT_EQ(reader.read<uint64_t>(), 0x0102030405060708U);
  EXPECT_EQ(reader.read<uint32_t>(), 0xf9fafbfcU);
  EXPECT_EQ(reader.read<uint16_t>(), 0xfdfeU);
  EXPECT_EQ(reader.read<uint8_t>(), 0xffU);
  EXPECT_TRUE(reader.rest().empty());
  EXPECT_FALSE(reader.failed());
}

TEST(ByteReader, FailsOnEveryPrefixThatIsTooShort) {
  for (size_t size = 0; size < kWire.size(); ++size) {
    ByteReader reader(ByteView(kWire).first(size));
    std::array<uint8_t, 4> raw{};
    static_cast<void>(reader.read<uint64_t>());
    reader.read_into(raw);
    reader.skip(1);
    static_cast<void>(reader.take(2));
    EXPECT_TRUE(reader.failed()) << size;
  }
}

TEST(ByteReader, StaysFailedAfterAFailure) {
  ByteReader reader(ByteView(kWire).first(3));
  EXPECT_EQ(reader.read<uint32_t>(), 0U);
  std::array<uint8_t, 1> untouched{42};
  EXPECT_FALSE(reader.read_into(untouched));
  EXPECT_EQ(untouched[0], 42);
  EXPECT_EQ(reader.read<uint8_t>(), 0U);
  EXPECT_TRUE(reader.take(0).empty());
  EXPECT_FALSE(reader.skip(0));
  EXPECT_EQ(reader.rest().size(), 3U);
}

TEST(ByteReader, RefusesLengthsThatWouldWrapAround) {
  ByteReader taking(kWire);
  EXPECT_TRUE(taking.take(SIZE_MAX).empty());
  EXPECT_TRUE(taking.failed());
  ByteReader skipping(kWire);
  skipping.skip(1);
  EXPECT_FALSE(skipping.skip(SIZE_MAX));
}

TEST(ByteReader, TakesAViewOfTheInput) {
  ByteReader reader(kWire);
  reader.skip(2);
  const ByteView taken = reader.take(3);
  EXPECT_EQ(taken.data(), kWire.data() + 2);
  EXPECT_EQ(taken.size(), 3U);
}

TEST(ByteReader, ReadsNothingFromAnEmptySpan) {
  ByteReader reader({});
  EXPECT_TRUE(reader.read_into({}));
  EXPECT_FALSE(reader.failed());
  EXPECT_EQ(reader.read<uint8_t>(), 0U);
  EXPECT_TRUE(reader.failed());
}

TEST(ByteWriter, WritesWhatTheReaderReads) {
  std::array<uint8_t, 15> out{};
  ByteWriter writer(out);
  writer.write(uint64_t{0x0102030405060708});
  writer.write(uint32_t{0xf9fafbfc});
  writer.write(uint16_t{0xfdfe});
  writer.write(uint8_t{0xff});
  EXPECT_EQ(out, kWire);
  EXPECT_EQ(writer.room(), 0U);
  EXPECT_FALSE(writer.failed());
}

TEST(ByteWriter, NeverWritesPastItsSpanAndStaysFailed) {
  for (size_t size = 0; size < 8; ++size) {
    std::array<uint8_t, 9> out{};
    ByteWriter writer(ByteSpan(out).first(size));
    writer.write(UINT64_MAX);
    EXPECT_TRUE(writer.failed());
    writer.write(uint8_t{1});
    writer.text("x");
    writer.decimal(7);
    writer.advance(0);
    EXPECT_EQ(writer.size(), 0U);
    EXPECT_EQ(out, (std::array<uint8_t, 9>{})) << size;
  }
}

TEST(ByteWriter, FailsWhenAdvancedBeyondItsEnd) {
  std::array<uint8_t, 4> out{};
  ByteWriter writer(out);
  writer.advance(4);
  EXPECT_FALSE(writer.failed());
  writer.advance(SIZE_MAX);
  EXPECT_TRUE(writer.failed());
  EXPECT_EQ(writer.written().size(), 4U);
}

TEST(ByteWriter, AppendsTextAndDecimals) {
  std::array<uint8_t, 64> out{};
  ByteWriter writer(out);
  writer.text("i");
  writer.decimal(UINT64_MAX);
  writer.text("e");
  writer.decimal(INT64_MIN);
  writer.text("");
  writer.decimal(0U);
  EXPECT_EQ(as_text(writer.written()), "i18446744073709551615e-92233720368547758080");
}

TEST(ByteWriter, FailsOnADecimalThatDoesNotFit) {
  std::array<uint8_t, 3> out{};
  ByteWriter exact(ByteSpan(out).first(2));
  exact.decimal(99);
  EXPECT_EQ(as_text(exact.written()), "99");
  ByteWriter small(ByteSpan(out).first(2));
  small.decimal(100);
  EXPECT_TRUE(small.failed());
  EXPECT_EQ(small.size(), 0U);
  EXPECT_EQ(out[2], 0);
}

TEST(Hex, RoundTripsEveryByte) {
  for (unsigned byte = 0; byte < 256; ++byte) {
    const std::array<uint8_t, 1> in{static_cast<uint8_t>(byte)};
    std::array<char, 2> text{};
    format_hex(in, text);
    std::array<uint8_t, 1> out{};
    ASSERT_TRUE(parse_hex({text.data(), text.size()}, out));
    EXPECT_EQ(out, in);
  }
}

TEST(Hex, IsWrittenInUpperCaseAndReadInBoth) {
  std::array<uint8_t, 2> out{};
  EXPECT_TRUE(parse_hex("aBcD", out));
  std::array<char, 4> text{};
  format_hex(out, text);
  EXPECT_EQ(std::string_view(text.data(), 4), "ABCD");
}

TEST(Hex, RefusesWrongLengthsAndEveryOtherCharacter) {
  std::array<uint8_t, 1> out{};
  for (const char* text : {"", "a", "abc", "0x", " a", "a "}) EXPECT_FALSE(parse_hex(text, out));
  const std::string_view digits = "0123456789abcdefABCDEF";
  for (int c = -128; c < 128; ++c) {
    const bool known = digits.find(static_cast<char>(c)) != std::string_view::npos;
    EXPECT_EQ(hex_digit(static_cast<char>(c)) >= 0, known) << c;
  }
  EXPECT_TRUE(parse_hex("", {}));
}

TEST(ParseDecimal, AcceptsTheWholeRange) {
  EXPECT_EQ(parse_decimal("0"), 0U);
  EXPECT_EQ(parse_decimal("007"), 7U);
  EXPECT_EQ(parse_decimal("18446744073709551615"), UINT64_MAX);
  EXPECT_EQ(parse_decimal("65535", 65535), 65535U);
}

TEST(ParseDecimal, RefusesWhatIsTooLarge) {
  EXPECT_EQ(parse_decimal("18446744073709551616"), std::nullopt);
  EXPECT_EQ(parse_decimal("99999999999999999999999999"), std::nullopt);
  EXPECT_EQ(parse_decimal("65536", 65535), std::nullopt);
}

TEST(ParseDecimal, RefusesWhatIsNotOnlyDigits) {
  for (const char* text : {"", " ", "+1", "-1", "1 ", " 1", "1x", "0x1", "1.", "1e3"}) {
    EXPECT_EQ(parse_decimal(text), std::nullopt) << text;
  }
  EXPECT_EQ(parse_decimal(std::string_view("1\0", 2)), std::nullopt);
  EXPECT_EQ(parse_decimal({}), std::nullopt);
}

TEST(ParseDecimal, DoesNotReadPastItsView) {
  EXPECT_EQ(parse_decimal(std::string_view("123456").substr(0, 3)), 123U);
}

}  // namespace
}  // namespace ot
