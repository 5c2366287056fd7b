#include "access/list_text.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>

#include "base/random.h"
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

TEST(ParseHashLine, TakesACommentBehindWhiteSpace) {
  for (const std::string_view behind : {" ", "\t", "\r", " # x", "\tDebian 12", "  \xff\xfe", " -"})
    EXPECT_EQ(parse_hash_line(kHash + std::string(behind)).kind, Kind::hash) << behind;
}

TEST(ParseHashLine, SkipsCommentsAndBlankLines) {
  for (const std::string_view line :
       {"", " ", "\t \r", "\r", "#", "# 0123", "  # indented", "#\xff"})
    EXPECT_EQ(parse_hash_line(line).kind, Kind::comment) << line;
  EXPECT_EQ(parse_hash_line("#" + kHash).kind, Kind::comment);
}

TEST(ParseHashLine, SaysWhatIsWrong) {
  expect_fault(kHash.substr(1), HashLineFault::wrong_length);
  expect_fault(kHash.substr(1) + " ", HashLineFault::wrong_length);
  expect_fault(kHash + "0", HashLineFault::wrong_length);
  expect_fault(kV2Hash + "0", HashLineFault::wrong_length);
  expect_fault(kV2Hash.substr(1), HashLineFault::wrong_length);
  expect_fault(kHash.substr(0, 20) + " " + kHash.substr(20), HashLineFault::wrong_length);
  expect_fault("0", HashLineFault::wrong_length);
  expect_fault(kHash + "#", HashLineFault::not_hex);
  expect_fault(kHash + "," + kHash, HashLineFault::not_hex);
  expect_fault(kHash.substr(1) + "g", HashLineFault::not_hex);
  expect_fault(kV2Hash.substr(1) + "x", HashLineFault::not_hex);
  expect_fault("0x" + kHash, HashLineFault::not_hex);
  expect_fault("\xef\xbb\xbf" + kHash, HashLineFault::not_hex);
  expect_fault(std::string(1, '\0') + kHash, HashLineFault::not_hex);
  expect_fault("debian.iso", HashLineFault::not_hex);
  expect_fault(" " + kHash, HashLineFault::indented);
}

TEST(ParseHashLine, NeverReadsBehindTheLine) {
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

std::vector<std::string> split(std::string_view text, size_t piece) {
  LineSplitter splitter;
  std::vector<std::string> lines;
  const auto note = [&](const TextLine& line) {
    lines.push_back(std::string(line.text) + (line.cut ? "…" : ""));
  };
  for (size_t at = 0; at < text.size(); at += piece) splitter.add(text.substr(at, piece), note);
  splitter.finish(note);
  return lines;
}

TEST(LineSplitter, GivesTheSameLinesHoweverTheTextIsCut) {
  const std::string text = "one\n\ntwo\r\n" + std::string(kMaxListLine, 'x') + "\n" +
                           std::string(kMaxListLine + 1, 'y') + "\n" + std::string(9000, 'z') +
                           "\nlast";
  const auto whole = split(text, text.size());
  ASSERT_EQ(whole.size(), 7U);
  EXPECT_EQ(whole[1], "");
  EXPECT_EQ(whole[2], "two\r");
  EXPECT_EQ(whole[3], std::string(kMaxListLine, 'x'));
  EXPECT_EQ(whole[4], std::string(kMaxListLine, 'y') + "…");
  EXPECT_EQ(whole[6], "last");
  for (const size_t piece : {1U, 2U, 3U, 7U, 100U, 4094U, 4095U, 4096U, 4097U})
    EXPECT_EQ(split(text, piece), whole) << piece;
}

TEST(LineSplitter, ForgetsAfterFinish) {
  LineSplitter splitter;
  int lines = 0;
  const auto count = [&](const TextLine&) { ++lines; };
  splitter.add("half", count);
  EXPECT_EQ(splitter.pending().text, "half");
  splitter.finish(count);
  splitter.finish(count);
  EXPECT_EQ(lines, 1);
  EXPECT_EQ(splitter.pending().text, "");
}

ListText read_in_pieces(const std::string& text, size_t piece) {
  ListText list(0);
  for (size_t at = 0; at < text.size(); at += piece)
    list.add(as_bytes(std::string_view(text).substr(at, piece)));
  list.finish();
  return list;
}

TEST(ListText, CountsHashesAndReportsTheFirstFaultyLines) {
  std::string text = "# list\r\n" + kHash + "\r\n\n" + kV2Hash + " v2\n";
  for (int i = 0; i < 7; ++i) text += "junk\n";
  text += kHash.substr(1);
  for (const size_t piece : {size_t{1}, size_t{5}, size_t{64}, text.size()}) {
    const ListText list = read_in_pieces(text, piece);
    const ListTally& tally = list.tally();
    EXPECT_EQ(list.hashes().size(), 2U);
    EXPECT_EQ(tally.hashes, 2U);
    EXPECT_EQ(tally.lines, 12U);
    EXPECT_EQ(tally.faulty, 8U);
    ASSERT_EQ(tally.first_faulty.size(), ListTally::kReported);
    EXPECT_EQ(tally.first_faulty.front().number, 5U);
    EXPECT_EQ(tally.first_faulty.back().number, 9U);
    EXPECT_EQ(tally.first_faulty.front().fault, HashLineFault::not_hex);
  }
}

TEST(ListText, NeedsNoFinalLineFeed) {
  EXPECT_EQ(read_in_pieces(kHash, 100).hashes().size(), 1U);
  EXPECT_EQ(read_in_pieces("#\n" + kV2Hash, 3).hashes().size(), 1U);
}

TEST(ListText, TakesCommentsOfAnyLength) {
  const std::string text = kHash + " " + std::string(100'000, 'c') + "\n#" +
                           std::string(100'000, kHash.front()) + "\n" + kHash;
  const ListText list = read_in_pieces(text, 65536);
  EXPECT_EQ(list.tally().hashes, 2U);
  EXPECT_EQ(list.tally().faulty, 0U);
  EXPECT_EQ(read_in_pieces(std::string(5000, 'a'), 65536).tally().faulty, 1U);
}

}  // namespace
}  // namespace ot
