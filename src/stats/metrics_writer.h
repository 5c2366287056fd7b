// Writes metrics for Prometheus (its text format, version 0.0.4): `# HELP`, `# TYPE`, samples.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/duration_text.h"

namespace ot {

// A family of samples and which of them. `name` is without the prefix all of ours have, `type` as
// in the format, `labels` as `a="b",c="d"`.
struct Metric {
  std::string_view name = {};
  std::string_view type = {};
  std::string_view help = {};
  std::string_view labels = {};

  [[nodiscard]] constexpr Metric with(std::string_view other_labels) const {
    return {name, type, help, other_labels};
  }
};

class MetricsWriter {
 public:
  // All samples of a family come one after another. `suffix` is for the parts of a histogram, such
  // as "_bucket".
  void sample(const Metric& metric, std::string_view value, std::string_view suffix = {});
  void sample(const Metric& metric, uint64_t value, std::string_view suffix = {}) {
    sample(metric, std::string_view(decimal_text(value)), suffix);
  }
  [[nodiscard]] std::string finish() { return std::move(out_); }

 private:
  std::string out_;
  std::string_view family_;  // of the sample before
};

// `name="value"`; the value is without quotes and backslashes.
[[nodiscard]] std::string label(std::string_view name, std::string_view value);

// At most nine digits, no trailing zeros: "0.25", "1.6e-05".
[[nodiscard]] std::string fraction_text(double value);
[[nodiscard]] std::string seconds_fraction(Duration duration);

}  // namespace ot
