#include "access/journal_text.h"

#include <gtest/gtest.h>

#include <random>
#include <vector>

namespace ot {
namespace {

using Change = DynamicSet::Change;

const std::string kHash(40, 'A');

InfoHash hash_of(uint8_t digit) {
  InfoHash info_hash;
  info_hash.bytes.fill(static_cast<uint8_t>(digit * 0x11));
  return info_hash;
}

struct Read {
  explicit Read(std::string_view bytes) {
    text.add(as_bytes(bytes), [this](const JournalEntry& entry) { entries.push_back(entry); });
    text.finish();
  }

  JournalText text;
  std::vector<JournalEntry> entries;
};

std::string journal(std::string_view lines) {
  return std::string(kJournalHead) + std::string(lines);
}

TEST(JournalText, HasOneLineForEachChange) {
  const Read read(journal("+" + kHash + "\n-" + kHash + "\n=" + kHash + "\n"));
  const std::vector<JournalEntry> expected{
      {hash_of(0xa), Change::added}, {hash_of(0xa), Change::deleted}, {hash_of(0xa), Change::none}};
  EXPECT_EQ(read.entries, expected);
  EXPECT_TRUE(read.text.is_journal());
  EXPECT_EQ(read.text.damaged_line(), 0U);
}

TEST(JournalText, MayHaveCommentsAndLowerCase) {
  const Read read(journal("# by hand\n\n+" + std::string(40, 'b') + "\n"));
  ASSERT_EQ(read.entries.size(), 1U);
  EXPECT_EQ(read.entries[0].info_hash, hash_of(0xb));
  EXPECT_EQ(read.text.damaged_line(), 0U);
}

TEST(JournalText, EndsWhereItsFirstDamagedLineBegins) {
  const std::string sound = journal("+" + kHash + "\n");
  const std::string later = "-" + kHash + "\n";
  for (const std::string& damage :
       {"-" + kHash, "-AAAA\n" + later, "*" + kHash + "\n" + later, kHash + "A\n", kHash + "\r\n",
        "+" + kHash + "\r\n" + later, std::string(500, '\0'), std::string(41, '\0') + "\n" + later,
        "#" + std::string(kMaxListLine, 'x') + "\n" + later, " " + kHash + "\n"}) {
    const Read read(sound + damage);
    EXPECT_EQ(read.entries.size(), 1U) << damage;
    EXPECT_EQ(read.text.sound_bytes(), sound.size()) << damage;
    EXPECT_EQ(read.text.damaged_line(), 3U) << damage;
    EXPECT_TRUE(read.text.is_journal()) << damage;
  }
}

TEST(JournalText, WithoutItsFirstLineIsNone) {
  for (const std::string& other :
       {std::string(), "+" + kHash + "\n", kHash + "\n", std::string("opentracker journal"),
        std::string("opentracker journal 1"), "opentracker journal 12\n+" + kHash + "\n",
        " " + journal("+" + kHash + "\n")}) {
    const Read read(other);
    EXPECT_FALSE(read.text.is_journal()) << other;
    EXPECT_TRUE(read.entries.empty()) << other;
    EXPECT_EQ(read.text.sound_bytes(), 0U) << other;
  }
}

TEST(JournalText, ReadsWhatWasWrittenHoweverItIsCut) {
  std::mt19937 random(7);  // NOLINT(cert-msc51-cpp): the same on every run
  for (int round = 0; round < 200; ++round) {
    std::vector<JournalEntry> entries(random() % 20);
    std::string text(kJournalHead);
    for (JournalEntry& entry : entries) {
      for (uint8_t& byte : entry.info_hash.bytes) byte = static_cast<uint8_t>(random());
      entry.change = static_cast<Change>(random() % 3);
      append_line(text, entry);
    }
    const size_t end = random() % (text.size() + 1);
    JournalText read;
    std::vector<JournalEntry> found;
    for (size_t at = 0; at < end;) {
      const size_t size = std::min<size_t>(1 + random() % 60, end - at);
      read.add(as_bytes(text).subspan(at, size),
               [&](const JournalEntry& entry) { found.push_back(entry); });
      at += size;
    }
    read.finish();
    const size_t whole = end < kJournalHead.size() ? 0 : (end - kJournalHead.size()) / kJournalLine;
    entries.resize(whole);
    EXPECT_EQ(found, entries);
    EXPECT_EQ(read.sound_bytes(),
              end < kJournalHead.size() ? 0 : kJournalHead.size() + whole * kJournalLine);
  }
}

}  // namespace
}  // namespace ot
