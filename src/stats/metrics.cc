#include "stats/metrics.h"

#include "base/duration_text.h"
#include "stats/figures.h"

namespace ot {
namespace {

std::string value_text(const Figure& figure, const StatsSnapshot& snapshot) {
  const uint64_t value = figure.read(snapshot);
  switch (figure.unit) {
    case Unit::whole:
      break;
    case Unit::nanoseconds:
      return seconds_fraction(Duration(static_cast<Duration::rep>(value)));
    case Unit::permille:
      return fraction_text(static_cast<double>(value) / 1000);
  }
  return decimal_text(value);
}

}  // namespace

std::string print_metrics(const StatsSnapshot& snapshot) {
  MetricsWriter out;
  for (const Figure& figure : all_figures()) {
    if (figure.is_measured != nullptr && !figure.is_measured(snapshot)) continue;
    if (figure.write_metrics != nullptr) figure.write_metrics(snapshot, out);
    if (!figure.metric.name.empty()) out.sample(figure.metric, value_text(figure, snapshot));
  }
  return out.finish();
}

}  // namespace ot
