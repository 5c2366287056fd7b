#include "access/line_splitter.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace ot {
namespace {

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

TEST(LineSplitter, StartsAfreshAfterFinish) {
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

}  // namespace
}  // namespace ot
