#include "stats/groups.h"

#include <algorithm>
#include <cassert>

#include "base/duration_text.h"
#include "stats/labels.h"

namespace ot::groups {
namespace {

constexpr Metric kBuildInfo{"build_info", "gauge", "Always 1; the labels tell what is running."};
constexpr Metric kContacts{"contacts_total", "counter",
                           "TCP connections accepted and datagrams received."};
constexpr Metric kRequests{
    "requests_total", "counter",
    "Requests by what became of them: connect, announce and scrape were answered well; "
    "mismatch is a wrong connection id; refused got an error."};
constexpr Metric kRenewals{
    "renewal_age_seconds", "histogram",
    "Time since a peer's last announce when it announced again, in whole minutes."};
constexpr Metric kHttpErrorsTotal{
    "http_errors_total", "counter",
    "HTTP requests rejected, by the reason and the status code the C program gives it."};
constexpr Metric kPasses{
    "loop_pass_seconds", "histogram",
    "Time a pass of the event loop took, waiting left out: what a request may wait for."};
constexpr Metric kRequestTimes{
    "request_seconds", "histogram",
    "Time from the first byte of a request to its reply, in whole passes of the loop."};
constexpr Metric kSwarmSizes{"swarm_peers", "histogram",
                             "Torrents by the peers they have, as of the last recount."};

// The samples of one family: contacts, or all the other actions.
void write_actions(const Metric& metric, bool is_contact, const StatsSnapshot& snapshot,
                   MetricsWriter& out) {
  for (const TransportLabel& transport : kTransportLabels) {
    for (const FamilyLabel& family : kFamilyLabels) {
      for (const ActionLabel& action : kActionLabels) {
        if (!action.happens_on(transport.transport)) continue;
        if (is_contact != (action.action == Action::contact)) continue;
        std::string labels = label("protocol", transport.name) + "," + label("family", family.name);
        if (!is_contact) labels += "," + label("action", action.name);
        out.sample(metric.with(labels),
                   snapshot.actions(transport.transport, family.family, action.action));
      }
    }
  }
}

// `count(row)` is how many fell into a row alone, `bound(row)` the text of its upper bound; the
// last row is for all beyond.
template <typename BoundOf, typename CountOf>
void write_histogram(const Metric& metric, size_t rows, BoundOf bound, CountOf count,
                     std::string_view sum, MetricsWriter& out) {
  const std::string before = metric.labels.empty() ? "" : std::string(metric.labels) + ",";
  uint64_t total = 0;
  for (size_t row = 0; row < rows; ++row) {
    total += count(row);
    const std::string le = label("le", row + 1 == rows ? "+Inf" : bound(row));
    out.sample(metric.with(before + le), total, "_bucket");
  }
  out.sample(metric, sum, "_sum");
  out.sample(metric, total, "_count");
}

// One DurationHistogram a loop, `histogram` being which.
template <typename Which>
void write_durations(const StatsSnapshot& snapshot, const Metric& metric, Which histogram,
                     MetricsWriter& out) {
  const uint64_t nanoseconds = snapshot.sum(
      [&](const Statistics& loop) { return static_cast<uint64_t>(histogram(loop).sum().count()); });
  write_histogram(
      metric, DurationHistogram::kBounds + 1,
      [](size_t row) { return seconds_fraction(DurationHistogram::bound(row)); },
      [&](size_t row) {
        return snapshot.sum([&](const Statistics& loop) { return histogram(loop).count(row); });
      },
      seconds_fraction(Duration(static_cast<Duration::rep>(nanoseconds))), out);
}

}  // namespace

void version_json(const StatsSnapshot& snapshot, JsonWriter& json) {
  json.text("version", snapshot.version);
  json.begin_array("features");
  for (std::string_view rest = snapshot.features; !rest.empty();) {
    const size_t end = std::min(rest.find(' '), rest.size());
    json.text(rest.substr(0, end));
    rest.remove_prefix(std::min(end + 1, rest.size()));
  }
  json.end_array();
}

void version(const StatsSnapshot& snapshot, MetricsWriter& out) {
  const std::string labels =
      label("version", snapshot.version) + "," + label("features", snapshot.features);
  out.sample(kBuildInfo.with(labels), 1);
}

void requests_json(const StatsSnapshot& snapshot, JsonWriter& json) {
  for (const TransportLabel& transport : kTransportLabels) {
    json.begin_object(transport.name);
    for (const FamilyLabel& family : kFamilyLabels) {
      json.begin_object(family.name);
      for (const ActionLabel& action : kActionLabels) {
        if (!action.happens_on(transport.transport)) continue;
        json.number(action.name,
                    snapshot.actions(transport.transport, family.family, action.action));
      }
      json.end_object();
    }
    json.end_object();
  }
}

void requests(const StatsSnapshot& snapshot, MetricsWriter& out) {
  write_actions(kContacts, true, snapshot, out);
  write_actions(kRequests, false, snapshot, out);
}

void renewals_json(const StatsSnapshot& snapshot, JsonWriter& json) {
  json.begin_array("renewals_by_minutes");
  for (size_t row = 0; row < Statistics::kRenewRows; ++row) json.number(snapshot.renewed(row));
  json.end_array();
}

void renewals(const StatsSnapshot& snapshot, MetricsWriter& out) {
  constexpr size_t kStep = 5;
  constexpr size_t kMinute = 60;
  static_assert(Statistics::kRenewRows % kStep == 0);
  const auto in_step = [&](size_t step) {
    uint64_t count = 0;
    for (size_t i = 0; i < kStep; ++i) count += snapshot.renewed(step * kStep + i);
    return count;
  };
  // Minutes are whole, so it is a little low.
  uint64_t sum = 0;
  for (size_t row = 0; row < Statistics::kRenewRows; ++row)
    sum += snapshot.renewed(row) * row * kMinute;
  write_histogram(
      kRenewals, Statistics::kRenewRows / kStep,
      [](size_t step) { return decimal_text((step + 1) * kStep * kMinute); }, in_step,
      decimal_text(sum), out);
}

void http_errors_json(const StatsSnapshot& snapshot, JsonWriter& json) {
  json.begin_object("http_errors");
  for (const HttpErrorLabel& row : kHttpErrorLabels)
    json.number(row.reason, snapshot.http_errors(row.error));
  json.end_object();
}

void http_errors(const StatsSnapshot& snapshot, MetricsWriter& out) {
  for (const HttpErrorLabel& row : kHttpErrorLabels) {
    const std::string labels = label("code", row.code) + "," + label("reason", row.reason);
    out.sample(kHttpErrorsTotal.with(labels), snapshot.http_errors(row.error));
  }
}

void times(const StatsSnapshot& snapshot, MetricsWriter& out) {
  write_durations(
      snapshot, kPasses, [](const Statistics& loop) -> const auto& { return loop.passes(); }, out);
  for (const TransportLabel& row : kTransportLabels) {
    const std::string labels = label("protocol", row.name);
    write_durations(
        snapshot, kRequestTimes.with(labels),
        [&row](const Statistics& loop) -> const auto& { return loop.request_times(row.transport); },
        out);
  }
}

void swarm_sizes_json(const StatsSnapshot& snapshot, JsonWriter& json) {
  assert(snapshot.walk != nullptr);
  json.begin_array("torrents_by_peers");
  for (const uint64_t torrents : snapshot.walk->swarm_sizes) json.number(torrents);
  json.end_array();
}

void swarm_sizes(const StatsSnapshot& snapshot, MetricsWriter& out) {
  assert(snapshot.recount);
  const WalkFindings& found = *snapshot.recount->findings;
  write_histogram(
      kSwarmSizes, WalkFindings::kSwarmSizes,
      [](size_t row) { return decimal_text(WalkFindings::largest_of_row(row)); },
      [&](size_t row) { return found.swarm_sizes[row]; }, decimal_text(found.peers), out);
}

}  // namespace ot::groups
