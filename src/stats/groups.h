// What the table of figures tells in more than single numbers: lists, histograms, and counters by
// several labels, each once for JSON and once for Prometheus.
#pragma once

#include "stats/json_writer.h"
#include "stats/metrics_writer.h"
#include "stats/snapshot.h"

namespace ot::groups {

void version_json(const StatsSnapshot& snapshot, JsonWriter& json);
void version(const StatsSnapshot& snapshot, MetricsWriter& out);

// By transport, family and action.
void requests_json(const StatsSnapshot& snapshot, JsonWriter& json);
void requests(const StatsSnapshot& snapshot, MetricsWriter& out);

// By minutes since the last announce.
void renewals_json(const StatsSnapshot& snapshot, JsonWriter& json);
void renewals(const StatsSnapshot& snapshot, MetricsWriter& out);

// By reason.
void http_errors_json(const StatsSnapshot& snapshot, JsonWriter& json);
void http_errors(const StatsSnapshot& snapshot, MetricsWriter& out);

// Of the loop's passes and of requests.
void times(const StatsSnapshot& snapshot, MetricsWriter& out);

// JSON needs snapshot.walk, /metrics snapshot.recount.
void swarm_sizes_json(const StatsSnapshot& snapshot, JsonWriter& json);
void swarm_sizes(const StatsSnapshot& snapshot, MetricsWriter& out);

}  // namespace ot::groups
