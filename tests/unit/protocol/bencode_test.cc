#include "protocol/bencode.h"

#include <gtest/gtest.h>

#include <functional>
#include <limits>
#include <string>

#include "unit/support/bencode_decoder.h"

namespace ot {
namespace {

std::string written(const std::function<void(BencodeWriter&)>& write) {
  std::array<uint8_t, 512> room{};
  ByteWriter bytes(room);
  BencodeWriter writer(bytes);
  write(writer);
  EXPECT_FALSE(bytes.failed());
  return std::string(as_text(bytes.written()));
}

TEST(BencodeWriter, WritesStringsWithTheirLength) {
  EXPECT_EQ(written([](auto& out) { out.text("spam"); }), "4:spam");
  EXPECT_EQ(written([](auto& out) { out.text(""); }), "0:");
  EXPECT_EQ(written([](auto& out) { out.string_head(180); }), "180:");
  const std::array<uint8_t, 3> raw{0, 0xff, '\n'};
  EXPECT_EQ(written([&](auto& out) { out.string(raw); }), std::string("3:\0\xff\n", 5));
}

TEST(BencodeWriter, WritesIntegersToTheirLimits) {
  EXPECT_EQ(written([](auto& out) { out.integer(0); }), "i0e");
  EXPECT_EQ(written([](auto& out) { out.integer(-42); }), "i-42e");
  EXPECT_EQ(written([](auto& out) { out.integer(UINT64_MAX); }), "i18446744073709551615e");
  EXPECT_EQ(written([](auto& out) { out.integer(INT64_MIN); }), "i-9223372036854775808e");
}

TEST(BencodeWriter, WritesLiteralKeysOfOneAndTwoDigitLengths) {
  const auto write = [](BencodeWriter& out) {
    out.begin_dict();
    out.key("a");
    out.integer(1);
    out.key("ninebytes");
    out.integer(2);
    out.key("ten bytes!");
    out.integer(3);
    out.key("what stands in twenty-nine by");
    out.integer(4);
    out.end();
  };
  EXPECT_EQ(written(write),
            "d1:ai1e9:ninebytesi2e10:ten bytes!i3e29:what stands in twenty-nine byi4ee");
}

TEST(BencodeWriter, NestsDictionariesAndLists) {
  const auto write = [](BencodeWriter& out) {
    out.begin_dict();
    out.key("b");
    out.begin_list();
    out.begin_dict();
    out.key("a");
    out.text("x");
    out.end();
    out.begin_list();
    out.end();
    out.end();
    out.key("c");
    out.integer(7);
    out.end();
  };
  const std::string text = written(write);
  EXPECT_EQ(text, "d1:bld1:a1:xelee1:ci7ee");
  EXPECT_TRUE(BencodeDecoder::decode(text));
}

TEST(BencodeWriter, LetsTheByteWriterFailIfRoomRunsOut) {
  std::array<uint8_t, 8> room{};
  for (size_t size = 0; size < 5; ++size) {
    ByteWriter bytes(ByteSpan(room).first(size));
    BencodeWriter(bytes).text("abc");
    EXPECT_TRUE(bytes.failed()) << size;
  }
}

TEST(BencodeWriterDeathTest, AssertsThatKeysAreSorted) {
  const auto write_keys = [](std::string_view first, std::string_view second) {
    std::array<uint8_t, 64> room{};
    ByteWriter bytes(room);
    BencodeWriter out(bytes);
    out.begin_dict();
    out.key(as_bytes(first));
    out.integer(1);
    out.key(as_bytes(second));
    return bytes.size();
  };
  EXPECT_GT(write_keys("a", "b"), 0U);
  EXPECT_DEBUG_DEATH(static_cast<void>(write_keys("b", "a")), "last < key");
  EXPECT_DEBUG_DEATH(static_cast<void>(write_keys("a", "a")), "last < key");
}

TEST(BencodeDecoder, RefusesAnythingButStrictBencode) {
  for (const std::string_view text :
       {"", "i01e", "i-0e", "ie", "i1", "3:ab", "01:a", "-1:a", "d1:bi1e1:ai1ee", "d1:ai1e1:ai1ee",
        "l", "i1ex", "di1ei2ee", "1a"})
    EXPECT_FALSE(BencodeDecoder::decode(text)) << text;
}

}  // namespace
}  // namespace ot
