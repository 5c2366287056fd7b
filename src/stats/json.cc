#include "stats/json.h"

#include <algorithm>

#include "stats/labels.h"
#include "stats/networks.h"

namespace ot::stats_json {
namespace {

// A document whose outermost object `fill` fills.
template <typename Fill>
std::string document(Fill fill) {
  JsonWriter json;
  json.begin_object();
  fill(json);
  json.end_object();
  return json.finish();
}

void write_renewals(const StatsSnapshot& snapshot, JsonWriter& json) {
  json.begin_array("renewals_by_minutes");
  for (size_t row = 0; row < Statistics::kRenewRows; ++row) json.number(snapshot.renewed(row));
  json.end_array();
}

void write_http_errors(const StatsSnapshot& snapshot, JsonWriter& json) {
  json.begin_object("http_errors");
  for (const HttpErrorLabel& label : kHttpErrorLabels)
    json.number(label.reason, snapshot.http_errors(label.error));
  json.end_object();
}

void write_version(const StatsSnapshot& snapshot, JsonWriter& json) {
  json.text("version", snapshot.version);
  json.begin_array("features");
  for (std::string_view rest = snapshot.features; !rest.empty();) {
    const size_t end = std::min(rest.find(' '), rest.size());
    json.text(rest.substr(0, end));
    rest.remove_prefix(std::min(end + 1, rest.size()));
  }
  json.end_array();
}

void write_requests(const StatsSnapshot& snapshot, JsonWriter& json) {
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

void write_state(const StatsSnapshot& snapshot, JsonWriter& json) {
  const StateStatus& state = snapshot.state;
  const auto milliseconds = [](Duration duration) {
    return static_cast<uint64_t>(std::chrono::floor<std::chrono::milliseconds>(duration).count());
  };
  json.begin_object("state");
  json.number("writes", state.writes);
  json.number("failed_writes", state.failed_writes);
  json.number("written_at", milliseconds(state.written_at.time_since_epoch()) / 1000);
  json.number("write_milliseconds", milliseconds(state.write_took));
  json.number("bytes", state.bytes);
  json.number("peers", state.written.peers);
  json.number("torrents", state.written.torrents);
  json.number("loaded_peers", state.loaded.peers);
  json.number("loaded_torrents", state.loaded.torrents);
  json.number("load_milliseconds", milliseconds(state.load_took));
  json.end_object();
}

void write_figures(const Figures& figures, JsonWriter& json) {
  for (const Figure& figure : figures) {
    if (figure.name != "uptime_seconds") json.number(figure.name, figure.value);
  }
}

void write_recount(const WalkFindings& found, JsonWriter& json) {
  json.begin_object("recount");
  json.number("torrents", found.torrents);
  json.number("peers", found.peers);
  json.number("seeds", found.seeders);
  json.number("completed", found.downloaded);
  json.begin_array("torrents_by_peers");
  for (const uint64_t torrents : found.swarm_sizes) json.number(torrents);
  json.end_array();
  json.end_object();
}

void write_connections(const StatsSnapshot& snapshot, JsonWriter& json) {
  json.begin_object("tcp_connections");
  json.number("waiting", snapshot.tcp_connections);
  json.number("buffered_bytes", snapshot.tcp_buffered);
  json.number("closed_by_timeout", snapshot.tcp.closed_by_timeout);
  json.number("closed_idle", snapshot.tcp.closed_idle);
  json.number("closed_for_room", snapshot.tcp.closed_for_room);
  json.number("accept_pauses", snapshot.tcp.accept_pauses);
  json.end_object();
}

template <typename Unit, typename Rep, typename Period>
uint64_t whole(std::chrono::duration<Rep, Period> duration) {
  return static_cast<uint64_t>(std::chrono::floor<Unit>(duration).count());
}

void write_worker(const StatsSnapshot& snapshot, JsonWriter& json) {
  using std::chrono::milliseconds;
  json.begin_object("worker");
  json.number("done", snapshot.worker.done);
  json.number("failed", snapshot.worker.failed);
  json.number("cancelled", snapshot.worker.cancelled);
  json.number("waiting", snapshot.worker.waiting);
  json.number("busy_milliseconds", whole<milliseconds>(snapshot.worker.busy));
  json.text("running", snapshot.worker.running);
  json.number("running_milliseconds", whole<milliseconds>(snapshot.worker_running));
  json.number("progress_permille", snapshot.worker.progress);
  json.end_object();
}

// Zeros in an open tracker.
void write_list(const ListStatistics& list, JsonWriter& json) {
  const auto loaded_at = list.file.loaded_at.value_or(WallTime{}).time_since_epoch();
  json.begin_object("access_list");
  json.number("hashes", list.file.hashes);
  json.number("bytes", list.file.bytes);
  json.number("loaded_unix_seconds", whole<std::chrono::seconds>(loaded_at));
  json.number("load_milliseconds", whole<std::chrono::milliseconds>(list.file.took));
  json.number("reads_loaded", list.file.loaded);
  json.number("reads_refused", list.file.refused);
  json.number("reads_unsettled", list.file.unsettled);
  json.number("changed_hashes", list.changed);
  json.number("fifo_added", list.fifo_added);
  json.number("fifo_deleted", list.fifo_deleted);
  json.number("fifo_ignored", list.fifo_ignored);
  json.number("evicted_torrents", list.evicted);
  json.end_object();
}

void write_dumps(const DumpStatus& dumps, JsonWriter& json) {
  json.number("full_scrape_runs", dumps.counters.runs);
  json.number("full_scrapes_refused", dumps.counters.refused);
  json.number("full_scrapes_reset", dumps.counters.reset);
  json.number("full_scrapes_running", dumps.readers);
  json.number("full_scrapes_waiting", dumps.waiting);
  json.number("full_scrape_shards_done", dumps.shards_done);
}

void write_torrents(std::string_view name, const std::vector<RankedTorrent>& torrents, size_t limit,
                    JsonWriter& json) {
  json.begin_array(name);
  for (size_t i = 0; i < std::min(limit, torrents.size()); ++i) {
    json.begin_object();
    json.text("info_hash", to_hex(torrents[i].info_hash));
    json.number("count", torrents[i].count);
    json.end_object();
  }
  json.end_array();
}

std::string top(const WalkFindings& findings, size_t limit) {
  return document([&](JsonWriter& json) {
    write_torrents("by_peers", findings.by_peers, limit, json);
    write_torrents("by_seeds", findings.by_seeders, limit, json);
    write_torrents("by_leechers", findings.by_leechers, limit, json);
  });
}

}  // namespace

std::string renew(const StatsSnapshot& snapshot) {
  return document([&](JsonWriter& json) { write_renewals(snapshot, json); });
}

std::string herr(const StatsSnapshot& snapshot) {
  return document([&](JsonWriter& json) { write_http_errors(snapshot, json); });
}

std::string version(const StatsSnapshot& snapshot) {
  return document([&](JsonWriter& json) { write_version(snapshot, json); });
}

std::string everything(const StatsSnapshot& snapshot) {
  return document([&](JsonWriter& json) {
    json.number("tracker_id", snapshot.tracker_id);
    write_version(snapshot, json);
    json.number("uptime_seconds", static_cast<uint64_t>(snapshot.uptime.count()));
    write_figures(stats_figures::peer(snapshot), json);
    json.number("table_bytes", snapshot.table.bytes);
    json.number("completed", snapshot.completed());
    json.number("not_stored",
                snapshot.sum([](const Statistics& loop) { return loop.not_stored(); }));
    json.number("expired_peers", snapshot.expired.peers);
    json.number("expired_torrents", snapshot.expired.torrents);
    write_state(snapshot, json);
    write_requests(snapshot, json);
    write_figures(stats_figures::fscr(snapshot), json);
    write_dumps(snapshot.dumps, json);
    write_figures(stats_figures::syncs(snapshot), json);
    json.number("udp_sent", snapshot.udp.sent);
    json.number("udp_send_errors", snapshot.udp.send_errors);
    json.number("udp_receive_drops", snapshot.udp.kernel_drops);
    write_renewals(snapshot, json);
    write_http_errors(snapshot, json);
    write_recount(*snapshot.walk, json);
    write_connections(snapshot, json);
    write_worker(snapshot, json);
    write_list(snapshot.list, json);
  });
}

std::string top10(const StatsSnapshot& snapshot) { return top(*snapshot.walk, 10); }
std::string top100(const StatsSnapshot& snapshot) { return top(*snapshot.walk, 100); }

std::string s24s(const StatsSnapshot& snapshot) {
  return document([&](JsonWriter& json) {
    write_networks(rows_of(snapshot.walk->networks28, 28), "peers", json);
    write_networks(rows_of(snapshot.walk->networks24, 24), "peers", json);
  });
}

}  // namespace ot::stats_json
