#include "stats/figures.h"

#include <gtest/gtest.h>

#include <set>
#include <string>

namespace ot {
namespace {

TEST(Figures, HaveNamesOfTheirOwn) {
  std::set<std::string> seen;
  for (const Figure& figure : all_figures()) {
    const std::string key = "." + std::string(figure.object) + "." + std::string(figure.key);
    const std::string sample = std::string(figure.metric.name) + std::string(figure.metric.labels);
    EXPECT_TRUE(figure.key.empty() || seen.insert(key).second) << key;
    EXPECT_TRUE(sample.empty() || seen.insert(sample).second) << sample;
  }
}

TEST(Figures, OfOneObjectOrOneFamilyAreNeighbours) {
  std::set<std::string_view> objects;
  std::set<std::string_view> families;
  std::string_view object;
  std::string_view family;
  for (const Figure& figure : all_figures()) {
    const bool same_object = figure.object.empty() || figure.object == object;
    EXPECT_TRUE(same_object || objects.insert(figure.object).second) << figure.object;
    object = figure.object;
    const std::string_view name = figure.metric.name;
    EXPECT_TRUE(name.empty() || name == family || families.insert(name).second) << name;
    if (!name.empty()) family = name;
  }
}

TEST(Figures, AreNumbersOrWriteMoreThanANumber) {
  for (const Figure& figure : all_figures()) {
    const bool has_name = !figure.key.empty() || !figure.metric.name.empty();
    const bool writes = figure.write_json != nullptr || figure.write_metrics != nullptr;
    EXPECT_EQ(has_name, figure.read != nullptr) << figure.key << figure.metric.name;
    EXPECT_NE(has_name, writes) << figure.key << figure.metric.name;
  }
}

TEST(Figures, NameTheirUnits) {
  for (const Figure& figure : all_figures()) {
    if (figure.read == nullptr) continue;
    const auto ends = [](std::string_view name, std::string_view end) {
      return name.empty() || name.ends_with(end);
    };
    const Metric& metric = figure.metric;
    EXPECT_EQ(metric.type == "counter", metric.name.ends_with("_total")) << metric.name;
    EXPECT_EQ(metric.name.empty(), metric.help.empty()) << metric.name;
    if (figure.unit == Unit::nanoseconds) {
      EXPECT_TRUE(ends(figure.key, "_milliseconds")) << figure.key;
      EXPECT_TRUE(ends(metric.name, "_seconds") || ends(metric.name, "_seconds_total"))
          << metric.name;
    }
    if (figure.unit == Unit::permille) {
      EXPECT_TRUE(ends(figure.key, "_permille")) << figure.key;
      EXPECT_TRUE(ends(metric.name, "_ratio")) << metric.name;
    }
  }
}

}  // namespace
}  // namespace ot
