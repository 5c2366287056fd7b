// Compares opentracker.conf.sample and the manual page with the table of keys. Run it at the top of
// the tree, as make does.
#include <gtest/gtest.h>

#include <fstream>
#include <map>
#include <sstream>

#include "base/duration_text.h"
#include "config/configuration.h"

namespace ot {
namespace {

std::string read(const std::string& path) {
  std::ostringstream text;
  text << std::ifstream(path).rdbuf();
  return text.str();
}

// The value on a commented-out line, and the comment above the line.
struct Paragraph {
  std::string value;
  std::string comment;
};

// By key; fails if a key is repeated.
std::map<std::string, Paragraph> paragraphs() {
  std::map<std::string, Paragraph> found;
  std::istringstream lines(read("opentracker.conf.sample"));
  std::string comment;
  for (std::string line; std::getline(lines, line);) {
    if (line.empty()) comment.clear();
    if (line.starts_with("# ")) comment += line.substr(1);
    if (line.size() < 2 || line[0] != '#' || line[1] == ' ') continue;
    const size_t blank = std::min(line.find(' '), line.size() - 1);
    const std::string key = line.substr(1, blank - 1);
    EXPECT_TRUE(found.insert({key, {line.substr(blank + 1), comment}}).second) << key;
  }
  return found;
}

TEST(Sample, HasAParagraphForExactlyTheKeys) {
  const auto found = paragraphs();
  for (const Key& key : all_keys()) {
    const auto paragraph = found.find(std::string(key.name));
    ASSERT_NE(paragraph, found.end()) << key.name;
    EXPECT_GT(paragraph->second.comment.size(), 40U) << key.name;
  }
  for (const auto& [key, paragraph] : found) EXPECT_NE(find_key(key), nullptr) << key;
}

TEST(Sample, ShowsTheDefaultOrElseAValidValue) {
  const Settings defaults = configure("", "").settings;
  for (const auto& [name, paragraph] : paragraphs()) {
    const Key& key = *find_key(name);
    Settings settings;
    EXPECT_EQ(key.set(settings, paragraph.value, key.range), std::nullopt) << name;
    if (key.default_text.empty()) continue;
    EXPECT_EQ(paragraph.value, key.default_text) << name;
  }
  EXPECT_EQ(paragraphs().at("tracker.min_interval").value,
            format_duration(defaults.tracker.min_interval));
}

TEST(Sample, SaysWhichKeysHaveNoEffect) {
  for (const auto& [name, paragraph] : paragraphs()) {
    const Effect effect = find_key(name)->effect;
    const auto says = [&comment = paragraph.comment](std::string_view words) {
      return comment.find(words) != std::string::npos;
    };
    EXPECT_EQ(says("Not enforced in this version"), effect == Effect::refuses) << name;
    const bool idle = effect == Effect::warns || effect == Effect::default_in_effect;
    EXPECT_EQ(says("no effect"), idle) << name;
  }
}

TEST(Sample, StartsTheTrackerAsItIs) {
  const std::string text = read("opentracker.conf.sample");
  ASSERT_FALSE(text.empty());
  const Configuration configuration = configure(text, "sample");
  EXPECT_TRUE(configuration.errors.empty());
  EXPECT_TRUE(configuration.warnings.empty());
  for (const ConfigEntry& entry : configuration.entries) EXPECT_EQ(entry.origin.word, 0U);
}

TEST(Manual, NamesEachKey) {
  const std::string manual = read("docs/opentracker.conf.5");
  for (const Key& key : all_keys()) EXPECT_NE(manual.find(key.name), std::string::npos) << key.name;
}

}  // namespace
}  // namespace ot
