#include "access/hash_line.h"

#include <gtest/gtest.h>

#include <string>

#include "unit/support/guarded_bytes.h"

namespace ot {
namespace {

const std::string kHash = "0123456789abcdefABCDEF0123456789abcdefAB";
const std::string kV2Hash = kHash + "cdefCDEF0011223344556677";

using Kind = HashLine::Kind;

void expect_fault(std::string_view line, HashLineFault fault) {
  const HashLine parsed = parse_hash_line(line);
  EXPECT_EQ(parsed.kind, Kind::faulty) << line;
  EXPECT_EQ(describe(parsed.fault), describe(fault)) << line;
}

TEST(ParseHashLine, ReadsFortyDigitsOfEitherCase) {
  const HashLine line = parse_hash_line(kHash);
  ASSERT_EQ(line.kind, Kind::hash);
  EXPECT_EQ(line.info_hash.bytes[0], 0x01);
  EXPECT_EQ(line.info_hash.bytes[8], 0xab);
  EXPECT_EQ(line.info_hash.bytes[10], 0xef);
  EXPECT_EQ(line.info_hash.bytes[19], 0xab);
}

TEST(ParseHashLine, TakesTheFirstTwentyBytesOfAV2Hash) {
  ASSERT_EQ(kV2Hash.size(), 64U);
  const HashLine line = parse_hash_line(kV2Hash);
  ASSERT_EQ(line.kind, Kind::hash);
  EXPECT_EQ(line.info_hash, parse_hash_line(kHash).info_hash);
  EXPECT_EQ(parse_hash_line(kV2Hash + "\tname").kind, Kind::hash);
}

TEST(ParseHashLine, AcceptsACommentAfterWhiteSpace) {
  for (const std::string_view rest : {" ", "\t", "\r", " # x", "\tDebian 12", "  \xff\xfe", " -"})
    EXPECT_EQ(parse_hash_line(kHash + std::string(rest)).kind, Kind::hash) << rest;
}

TEST(ParseHashLine, AcceptsACommentAfterAnythingThatIsNoDigit) {
  for (const std::string_view rest :
       {",My Movie", ";", "#c", "|x", ":1:1", "-a", "g", "\"", "\xff"}) {
    for (const std::string& hash : {kHash, kV2Hash}) {
      const HashLine line = parse_hash_line(hash + std::string(rest));
      EXPECT_EQ(line.kind, Kind::hash) << rest;
      EXPECT_EQ(line.info_hash, parse_hash_line(kHash).info_hash) << rest;
    }
  }
  EXPECT_EQ(parse_hash_line(kHash + "," + kHash).kind, Kind::hash);
}

TEST(ParseHashLine, SkipsCommentsAndBlankLines) {
  for (const std::string_view line :
       {"", " ", "\t \r", "\r", "#", "# 0123", "  # indented", "#\xff"})
    EXPECT_EQ(parse_hash_line(line).kind, Kind::comment) << line;
  EXPECT_EQ(parse_hash_line("#" + kHash).kind, Kind::comment);
}

TEST(ParseHashLine, ClassifiesEachFault) {
  expect_fault(kHash.substr(1), HashLineFault::wrong_length);
  expect_fault(kHash.substr(1) + " ", HashLineFault::wrong_length);
  expect_fault(kHash + "0", HashLineFault::wrong_length);
  expect_fault(kV2Hash + "0", HashLineFault::wrong_length);
  expect_fault(kV2Hash.substr(1), HashLineFault::wrong_length);
  expect_fault(kHash.substr(0, 20) + " " + kHash.substr(20), HashLineFault::wrong_length);
  expect_fault("0", HashLineFault::wrong_length);
  expect_fault(kHash + "0,name", HashLineFault::wrong_length);
  expect_fault(kHash.substr(1) + "g", HashLineFault::not_hex);
  expect_fault(kV2Hash.substr(1) + "x", HashLineFault::wrong_length);
  expect_fault("0x" + kHash, HashLineFault::not_hex);
  expect_fault("\xef\xbb\xbf" + kHash, HashLineFault::not_hex);
  expect_fault(std::string(1, '\0') + kHash, HashLineFault::not_hex);
  expect_fault("debian.iso", HashLineFault::not_hex);
  expect_fault(" " + kHash, HashLineFault::indented);
}

TEST(ParseHashLine, NeverReadsPastTheLine) {
  GuardedBytes guard(128);
  const std::string text = kV2Hash + " x";
  for (size_t size = 0; size <= text.size(); ++size) {
    const bool is_hash = size == 40 || size >= 64;
    EXPECT_EQ(
        parse_hash_line(guard.place(std::string_view(text).substr(0, size))).kind == Kind::hash,
        is_hash)
        << size;
  }
}

}  // namespace
}  // namespace ot
