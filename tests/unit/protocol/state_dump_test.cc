#include "protocol/state_dump.h"

#include <gtest/gtest.h>

#include <array>
#include <string>
#include <vector>

#include "base/random.h"
#include "unit/support/guarded_bytes.h"

namespace ot {
namespace {

const std::string kHex = "0123456789ABCDEF0123456789ABCDEF01234567";

InfoHash hash() {
  InfoHash hash;
  EXPECT_TRUE(parse_hex(kHex, hash.bytes));
  return hash;
}

std::string written(const StateLine& line) {
  std::array<uint8_t, kMaxStateLine> buffer{};
  ByteWriter out(buffer);
  write_state_line(out, line);
  EXPECT_FALSE(out.failed());
  return std::string(as_text(out.written()));
}

std::string fault(std::string_view text) {
  const auto line = parse_state_line(text);
  return line ? "none" : std::string(describe(line.error()));
}

TEST(StateDump, WritesLinesLikeTheCProgram) {
  EXPECT_EQ(written({hash(), 28000000, 17}), kHex + ":28000000:17\n");
  EXPECT_EQ(written({{}, 0, 0}), std::string(40, '0') + ":0:0\n");
}

TEST(StateDump, WritesALineWholeOrNotAtAll) {
  const StateLine longest{hash(), UINT32_MAX, UINT32_MAX};
  EXPECT_EQ(written(longest).size(), kMaxStateLine);
  std::array<uint8_t, kMaxStateLine - 1> small{};
  ByteWriter out(small);
  write_state_line(out, longest);
  EXPECT_TRUE(out.failed());
}

TEST(StateDump, ReadsHexDigitsOfEitherCase) {
  const StateLine line{hash(), 28000000, 17};
  EXPECT_EQ(*parse_state_line(kHex + ":28000000:17"), line);
  EXPECT_EQ(*parse_state_line("0123456789abcdef0123456789abcdeF01234567:28000000:17"), line);
}

TEST(StateDump, ReadsWhatItWrites) {
  Random random{7};
  for (int i = 0; i < 10'000; ++i) {
    StateLine line;
    for (uint8_t& byte : line.info_hash.bytes) byte = static_cast<uint8_t>(random.below(256));
    line.minute = random.below(UINT32_MAX) >> random.below(32);
    line.downloaded = random.below(UINT32_MAX) >> random.below(32);
    const std::string text = written(line);
    ASSERT_EQ(text.back(), '\n');
    const auto read = parse_state_line(std::string_view(text).substr(0, text.size() - 1));
    ASSERT_TRUE(read && *read == line) << text;
  }
}

struct FaultCase {
  std::string text;
  StateLineFault fault;
};

TEST(StateDump, ClassifiesEachFault) {
  using enum StateLineFault;
  const std::vector<FaultCase> cases{
      {"", empty},
      {"#", no_hash},
      {kHex, no_hash},
      {kHex.substr(1) + ":1:1", no_hash},
      {kHex + "0:1:1", no_hash},
      {"G" + kHex.substr(1) + ":1:1", no_hash},
      {" " + kHex + ":1:1", no_hash},
      {kHex + " :1:1", no_hash},
      {kHex + ":", no_minute},
      {kHex + "::1", no_minute},
      {kHex + ":1", no_minute},
      {kHex + ":-1:1", no_minute},
      {kHex + ":+1:1", no_minute},
      {kHex + ":01:1", no_minute},
      {kHex + ":1x:1", no_minute},
      {kHex + ": 1:1", no_minute},
      {kHex + ":4294967296:1", no_minute},
      {kHex + ":18446744073709551617:1", no_minute},
      {kHex + ":1:", no_downloads},
      {kHex + ":1:01", no_downloads},
      {kHex + ":1:00", no_downloads},
      {kHex + ":1:-1", no_downloads},
      {kHex + ":1:1 ", no_downloads},
      {kHex + ":1:1:", no_downloads},
      {kHex + ":1:1:1", no_downloads},
      {kHex + ":1:4294967296", no_downloads},
      {kHex + ":1:99999999999999999999", no_downloads},
      {kHex + ":1:1\r", carriage_return},
      {"\r", carriage_return},
      {kHex + ":1:1" + std::string(1, '\0'), nul_byte},
      {std::string(60, '\0'), nul_byte},
  };
  for (const FaultCase& row : cases) EXPECT_EQ(fault(row.text), describe(row.fault)) << row.text;
}

TEST(StateDump, AcceptsNumbersUpTo32Bits) {
  const auto line = parse_state_line(kHex + ":4294967295:4294967295");
  ASSERT_TRUE(line);
  EXPECT_EQ(line->minute, UINT32_MAX);
  EXPECT_EQ(line->downloaded, UINT32_MAX);
  EXPECT_EQ(fault(kHex + ":0:0"), "none");
}

TEST(StateDump, NeverReadsPastTheText) {
  const std::string whole = kHex + ":28000000:4294967295";
  GuardedBytes page(whole.size());
  for (size_t size = 0; size <= whole.size(); ++size) {
    const std::string_view text = page.place(std::string_view(whole).substr(0, size));
    EXPECT_EQ(parse_state_line(text).has_value(), size > kHex.size() + 10) << size;
  }
}

TEST(StateDump, DescribesEachFault) {
  for (uint8_t i = 0; i <= static_cast<uint8_t>(StateLineFault::cut_off); ++i)
    EXPECT_FALSE(describe(static_cast<StateLineFault>(i)).empty());
}

}  // namespace
}  // namespace ot
