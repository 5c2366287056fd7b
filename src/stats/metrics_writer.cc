#include "stats/metrics_writer.h"

#include <array>
#include <cassert>
#include <cstdio>

namespace ot {

void MetricsWriter::sample(const Metric& metric, std::string_view value, std::string_view suffix) {
  assert(!metric.name.empty());
  const std::string name = "opentracker_" + std::string(metric.name);
  if (metric.name != family_) {
    out_ += "# HELP " + name + " " + std::string(metric.help) + "\n# TYPE " + name + " " +
            std::string(metric.type) + "\n";
    family_ = metric.name;
  }
  out_ += name + std::string(suffix);
  if (!metric.labels.empty()) out_ += "{" + std::string(metric.labels) + "}";
  out_ += " " + std::string(value) + "\n";
}

std::string label(std::string_view name, std::string_view value) {
  return std::string(name) + "=\"" + std::string(value) + "\"";
}

std::string fraction_text(double value) {
  std::array<char, 32> text{};
  const int size = std::snprintf(text.data(), text.size(), "%.9g", value);
  return {text.data(), static_cast<size_t>(size)};
}

std::string seconds_fraction(Duration duration) {
  return fraction_text(std::chrono::duration<double>(duration).count());
}

}  // namespace ot
