#include "protocol/scrape_format.h"

#include <gtest/gtest.h>

#include <cctype>
#include <limits>

namespace ot {
namespace {

InfoHash hash_from(uint8_t first) {
  InfoHash hash;
  for (size_t i = 0; i < InfoHash::kSize; ++i) hash.bytes[i] = static_cast<uint8_t>(first + i);
  return hash;
}

DumpedTorrent torrent(uint8_t first) {
  return {hash_from(first), {.seeders = 12, .leechers = 3, .downloaded = 4567}, 29927386};
}

std::string row(DumpFormat format, const DumpedTorrent& torrent) {
  std::array<uint8_t, kMaxDumpRow> room{};
  ByteWriter writer(room);
  dump_form(format).write_row(writer, torrent);
  EXPECT_FALSE(writer.failed());
  return std::string(as_text(writer.written()));
}

TEST(DumpForm, WritesHexInTheTextForms) {
  const std::string hex = "F0F1F2F3F4F5F6F7F8F9FAFBFCFDFEFF00010203";
  EXPECT_EQ(row(DumpFormat::txt, torrent(0xf0)), hex + ":12:3\n");
  EXPECT_EQ(row(DumpFormat::txtp, torrent(0xf0)), hex + ":12:3:4567\n");
  EXPECT_EQ(row(DumpFormat::statedump, torrent(0xf0)), hex + ":29927386:4567\n");
}

TEST(DumpForm, WritesCountsInFourBytesInTheBinaryForm) {
  EXPECT_EQ(row(DumpFormat::bin, torrent('a')),
            "abcdefghijklmnopqrst" + std::string("\0\0\0\x0c\0\0\0\x03", 8));
}

TEST(DumpForm, WritesTheSameBencodeAsAScrape) {
  std::array<uint8_t, kMaxScrapeEntry> room{};
  ByteWriter writer(room);
  BencodeWriter bencode(writer);
  bencode.begin_dict();
  write_scrape_entry(bencode, torrent('a').info_hash, torrent('a').counts);
  const std::string entry(as_text(writer.written()).substr(1));
  EXPECT_EQ(row(DumpFormat::ben, torrent('a')), entry);
  EXPECT_EQ(entry, "20:abcdefghijklmnopqrstd8:completei12e10:downloadedi4567e10:incompletei3ee");
  EXPECT_EQ(dump_form(DumpFormat::ben).head, "d5:filesd");
  EXPECT_EQ(dump_form(DumpFormat::ben).tail, "ee");
}

// How Debian's opentracker writes each of the 256 bytes.
TEST(DumpForm, EscapesTheBytesTheReferenceEscapesInUrls) {
  for (unsigned byte = 0; byte < 256; ++byte) {
    DumpedTorrent each = torrent(0);
    each.info_hash.bytes.fill(static_cast<uint8_t>(byte));
    const std::string text = row(DumpFormat::url, each);
    const char c = static_cast<char>(byte);
    const bool is_plain = (byte < 128 && std::isalnum(c) != 0) ||
                          std::string_view("$-./=_~").find(c) != std::string_view::npos;
    std::array<char, 4> escaped{};
    std::snprintf(escaped.data(), escaped.size(), "%%%02x", byte);
    const std::string one = is_plain ? std::string(1, c) : escaped.data();
    std::string expected;
    for (size_t i = 0; i < InfoHash::kSize; ++i) expected += one;
    EXPECT_EQ(text, expected + ":12:3\n");
  }
}

TEST(DumpForm, HasNoRowLongerThanTheMaximum) {
  constexpr uint32_t kMax = std::numeric_limits<uint32_t>::max();
  DumpedTorrent largest{{}, {kMax, kMax, kMax}, kMax};
  for (const DumpFormat format : {DumpFormat::ben, DumpFormat::bin, DumpFormat::txt,
                                  DumpFormat::txtp, DumpFormat::url, DumpFormat::statedump})
    EXPECT_LE(row(format, largest).size(), kMaxDumpRow);
}

TEST(DumpForm, IsFoundByNameForAFullScrape) {
  EXPECT_EQ(find_scrape_form("ben"), DumpFormat::ben);
  EXPECT_EQ(find_scrape_form("bin"), DumpFormat::bin);
  EXPECT_EQ(find_scrape_form("txt"), DumpFormat::txt);
  EXPECT_EQ(find_scrape_form("txtp"), DumpFormat::txtp);
  EXPECT_EQ(find_scrape_form("url"), DumpFormat::url);
  for (const char* name : {"", "BEN", "tx", "statedump", "text"})
    EXPECT_EQ(find_scrape_form(name), std::nullopt) << name;
}

}  // namespace
}  // namespace ot
