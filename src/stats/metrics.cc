#include "stats/metrics.h"

#include <array>
#include <cstdio>

#include "stats/labels.h"

namespace ot {
namespace {

// The text format: `# HELP`, `# TYPE`, samples.
class MetricsWriter {
 public:
  // Begins a family of samples; `type` as in the format.
  void family(std::string_view name, std::string_view type, std::string_view help) {
    name_ = "opentracker_" + std::string(name);
    out_ += "# HELP " + name_ + " " + std::string(help) + "\n# TYPE " + name_ + " " +
            std::string(type) + "\n";
  }
  // `labels` as `a="b",c="d"`, or nothing.
  void sample(std::string_view labels, const std::string& value, std::string_view suffix = "") {
    out_ += name_ + std::string(suffix);
    if (!labels.empty()) out_ += "{" + std::string(labels) + "}";
    out_ += " " + value + "\n";
  }
  void sample(std::string_view labels, uint64_t value, std::string_view suffix = "") {
    sample(labels, std::to_string(value), suffix);
  }
  [[nodiscard]] std::string finish() { return std::move(out_); }

 private:
  std::string name_;
  std::string out_;
};

std::string label(std::string_view name, std::string_view value) {
  return std::string(name) + "=\"" + std::string(value) + "\"";
}

// Seconds with the six or nine digits behind the point that the unit has, no trailing zeros.
template <typename Unit>
std::string seconds(Unit duration) {
  std::array<char, 32> text{};
  const double value = std::chrono::duration<double>(duration).count();
  const int size = std::snprintf(text.data(), text.size(), "%.9g", value);
  return {text.data(), static_cast<size_t>(size)};
}

// A metric of one sample: a row a number.
struct Single {
  std::string_view name;
  std::string_view type;
  std::string_view help;
  uint64_t (*read)(const StatsSnapshot&);
};

uint64_t unix_seconds(WallTime time) {
  return static_cast<uint64_t>(
      std::chrono::floor<std::chrono::seconds>(time.time_since_epoch()).count());
}

template <uint64_t (Statistics::*count)() const>
uint64_t over_loops(const StatsSnapshot& snapshot) {
  return snapshot.sum([](const Statistics& loop) { return (loop.*count)(); });
}

constexpr auto kSingles = std::to_array<Single>({
    {"uptime_seconds", "gauge", "Time since the tracker started.",
     [](const StatsSnapshot& s) { return static_cast<uint64_t>(s.uptime.count()); }},
    {"torrents", "gauge", "Torrents in the table.",
     [](const StatsSnapshot& s) { return s.table.torrents; }},
    {"table_bytes", "gauge", "Memory the table takes.",
     [](const StatsSnapshot& s) { return s.table.bytes; }},
    {"completed_total", "counter", "Downloads completed, each peer's once.",
     over_loops<&Statistics::completed>},
    {"not_stored_total", "counter",
     "Announces answered without storing the peer, for want of room.",
     over_loops<&Statistics::not_stored>},
    {"expired_peers_total", "counter", "Peers removed because they were silent for too long.",
     [](const StatsSnapshot& s) { return s.expired.peers; }},
    {"expired_torrents_total", "counter", "Torrents removed by the sweep.",
     [](const StatsSnapshot& s) { return s.expired.torrents; }},
    {"table_sweeps_total", "counter", "Times the whole table was swept for silent peers.",
     [](const StatsSnapshot& s) { return s.expired.rounds; }},
    {"state_writes_total", "counter", "Times the state file was written.",
     [](const StatsSnapshot& s) { return s.state.writes; }},
    {"state_write_failures_total", "counter", "Times the state file could not be written.",
     [](const StatsSnapshot& s) { return s.state.failed_writes; }},
    {"state_written_timestamp_seconds", "gauge",
     "When the state file was last written, in seconds since 1970; 0: not yet.",
     [](const StatsSnapshot& s) { return unix_seconds(s.state.written_at); }},
    {"state_bytes", "gauge", "Size of the state file last written.",
     [](const StatsSnapshot& s) { return s.state.bytes; }},
    {"state_peers", "gauge", "Peers in the state file last written.",
     [](const StatsSnapshot& s) { return s.state.written.peers; }},
    {"state_loaded_torrents", "gauge", "Torrents that came from the state file at start.",
     [](const StatsSnapshot& s) { return s.state.loaded.torrents; }},
    {"state_loaded_peers", "gauge", "Peers that came from the state file at start.",
     [](const StatsSnapshot& s) { return s.state.loaded.peers; }},
    {"full_scrapes_total", "counter", "Full scrapes served.",
     over_loops<&Statistics::full_scrapes>},
    {"full_scrape_bytes_total", "counter", "Bytes of full scrapes served.",
     over_loops<&Statistics::full_scrape_bytes>},
    {"full_scrape_runs_total", "counter", "Full scrapes and dumps made; readers share them.",
     [](const StatsSnapshot& s) { return s.dumps.counters.runs; }},
    {"full_scrapes_refused_total", "counter", "Full scrapes turned away: too many waited.",
     [](const StatsSnapshot& s) { return s.dumps.counters.refused; }},
    {"full_scrapes_reset_total", "counter",
     "Full scrapes cut off: too slow a reader, or no memory.",
     [](const StatsSnapshot& s) { return s.dumps.counters.reset; }},
    {"full_scrapes_running", "gauge", "Clients that are being sent a full scrape.",
     [](const StatsSnapshot& s) { return s.dumps.readers; }},
    {"full_scrapes_waiting", "gauge", "Clients that wait for a full scrape.",
     [](const StatsSnapshot& s) { return s.dumps.waiting; }},
    {"full_scrape_shards_done", "gauge",
     "How far the full scrape being made is, in shards of 1024; 0 if there is none.",
     [](const StatsSnapshot& s) { return s.dumps.shards_done; }},
    {"synced_peers_total", "counter", "Peers received by live sync.",
     over_loops<&Statistics::synced_peers>},
    {"udp_received_datagrams_total", "counter", "Datagrams received.",
     [](const StatsSnapshot& s) { return s.udp.received; }},
    {"udp_sent_datagrams_total", "counter", "Datagrams sent.",
     [](const StatsSnapshot& s) { return s.udp.sent; }},
    {"udp_send_errors_total", "counter", "Datagrams the kernel refused to send or had no room for.",
     [](const StatsSnapshot& s) { return s.udp.send_errors; }},
    {"udp_receive_drops_total", "counter", "Datagrams lost because the receive queue was full.",
     [](const StatsSnapshot& s) { return s.udp.kernel_drops; }},
    {"tcp_connections", "gauge",
     "Connections that wait for something: a request, its rest, its reply, room to send.",
     [](const StatsSnapshot& s) { return uint64_t{s.tcp_connections}; }},
    {"tcp_buffered_bytes", "gauge", "Bytes held for connections that wait.",
     [](const StatsSnapshot& s) { return uint64_t{s.tcp_buffered}; }},
    {"tcp_accept_pauses_total", "counter",
     "Times no connection was accepted for want of descriptors.",
     [](const StatsSnapshot& s) { return s.tcp.accept_pauses; }},
    {"worker_jobs_waiting", "gauge", "Jobs that wait for the worker thread.",
     [](const StatsSnapshot& s) { return uint64_t{s.worker.waiting}; }},
});

void write_single(const Single& row, const StatsSnapshot& snapshot, MetricsWriter& out) {
  out.family(row.name, row.type, row.help);
  out.sample("", row.read(snapshot));
}

void write_build_info(const StatsSnapshot& snapshot, MetricsWriter& out) {
  out.family("build_info", "gauge", "Always 1; the labels tell what is running.");
  out.sample(label("version", snapshot.version) + "," + label("features", snapshot.features), 1);
}

void write_peers(const StatsSnapshot& snapshot, MetricsWriter& out) {
  out.family("peers", "gauge", "Peers in the table, by kind.");
  out.sample(label("kind", "seeder"), snapshot.table.seeders);
  out.sample(label("kind", "leecher"), snapshot.table.peers - snapshot.table.seeders);
}

void write_state(const StatsSnapshot& snapshot, MetricsWriter& out) {
  out.family("state_write_seconds", "gauge", "Time the last writing of the state file took.");
  out.sample("", seconds(snapshot.state.write_took));
  out.family("state_load_seconds", "gauge", "Time it took to read the state file at start.");
  out.sample("", seconds(snapshot.state.load_took));
}

// One sample for each of `wanted` that there is, by protocol and family.
void write_actions(const StatsSnapshot& snapshot, bool contacts, MetricsWriter& out) {
  for (const TransportLabel& transport : kTransportLabels) {
    for (const FamilyLabel& family : kFamilyLabels) {
      for (const ActionLabel& action : kActionLabels) {
        if (!action.happens_on(transport.transport)) continue;
        if (contacts != (action.action == Action::contact)) continue;
        out.sample(label("protocol", transport.name) + "," + label("family", family.name) +
                       (contacts ? "" : "," + label("action", action.name)),
                   snapshot.actions(transport.transport, family.family, action.action));
      }
    }
  }
}

void write_requests(const StatsSnapshot& snapshot, MetricsWriter& out) {
  out.family("contacts_total", "counter", "TCP connections accepted and datagrams received.");
  write_actions(snapshot, true, out);
  out.family("requests_total", "counter",
             "Requests by what became of them: connect, announce and scrape were answered well; "
             "mismatch is a wrong connection id; refused got an error.");
  write_actions(snapshot, false, out);
}

void write_http_errors(const StatsSnapshot& snapshot, MetricsWriter& out) {
  out.family("http_errors_total", "counter",
             "HTTP requests rejected, by the reason and the status code the C program gives it.");
  for (const HttpErrorLabel& row : kHttpErrorLabels) {
    out.sample(label("code", row.code) + "," + label("reason", row.reason),
               snapshot.http_errors(row.error));
  }
}

// Minutes are whole, so the sum is a little low.
void write_renewals(const StatsSnapshot& snapshot, MetricsWriter& out) {
  constexpr size_t kStep = 5;
  constexpr uint64_t kMinute = 60;
  out.family("renewal_age_seconds", "histogram",
             "Time since a peer's last announce when it announced again, in whole minutes.");
  uint64_t count = 0;
  uint64_t sum = 0;
  for (size_t row = 0; row < Statistics::kRenewRows; ++row) {
    count += snapshot.renewed(row);
    sum += snapshot.renewed(row) * row * kMinute;
    const bool last = row + 1 == Statistics::kRenewRows;
    if ((row + 1) % kStep != 0 || last) continue;
    out.sample(label("le", std::to_string((row + 1) * kMinute)), count, "_bucket");
  }
  out.sample(label("le", "+Inf"), count, "_bucket");
  out.sample("", sum, "_sum");
  out.sample("", count, "_count");
}

// The samples of one DurationHistogram a loop, `histogram` being which; labels as for a sample.
template <typename Which>
void write_durations(const StatsSnapshot& snapshot, const std::string& labels, Which histogram,
                     MetricsWriter& out) {
  const std::string before = labels.empty() ? "" : labels + ",";
  uint64_t count = 0;
  for (size_t bucket = 0; bucket <= DurationHistogram::kBounds; ++bucket) {
    count += snapshot.sum([&](const Statistics& loop) { return histogram(loop).count(bucket); });
    const bool last = bucket == DurationHistogram::kBounds;
    out.sample(before + label("le", last ? "+Inf" : seconds(DurationHistogram::bound(bucket))),
               count, "_bucket");
  }
  const uint64_t nanoseconds = snapshot.sum(
      [&](const Statistics& loop) { return static_cast<uint64_t>(histogram(loop).sum().count()); });
  out.sample(labels, seconds(std::chrono::nanoseconds(static_cast<int64_t>(nanoseconds))), "_sum");
  out.sample(labels, count, "_count");
}

void write_passes(const StatsSnapshot& snapshot, MetricsWriter& out) {
  out.family("loop_pass_seconds", "histogram",
             "Time a pass of the event loop took, waiting left out: what a request may wait for.");
  write_durations(
      snapshot, "", [](const Statistics& loop) -> const auto& { return loop.passes(); }, out);
}

void write_request_times(const StatsSnapshot& snapshot, MetricsWriter& out) {
  out.family("request_seconds", "histogram",
             "Time from the first byte of a request to its reply, in whole passes of the loop.");
  for (const TransportLabel& row : kTransportLabels) {
    write_durations(
        snapshot, label("protocol", row.name),
        [&row](const Statistics& loop) -> const auto& { return loop.request_times(row.transport); },
        out);
  }
}

// Absent until a walk has come to its end.
void write_swarm_sizes(const StatsSnapshot& snapshot, MetricsWriter& out) {
  if (!snapshot.recount) return;
  const WalkFindings& found = *snapshot.recount->findings;
  out.family("swarm_peers", "histogram",
             "Torrents by the peers they have, as of the last recount.");
  uint64_t count = 0;
  for (size_t row = 0; row < WalkFindings::kSwarmSizes; ++row) {
    count += found.swarm_sizes[row];
    const bool last = row + 1 == WalkFindings::kSwarmSizes;
    out.sample(label("le", last ? "+Inf" : std::to_string(WalkFindings::largest_of_row(row))),
               count, "_bucket");
  }
  out.sample("", found.peers, "_sum");
  out.sample("", count, "_count");
  out.family("recount_age_seconds", "gauge", "Time since the last recount of the table.");
  out.sample("", static_cast<uint64_t>(snapshot.recount->age.count()));
}

void write_tcp(const StatsSnapshot& snapshot, MetricsWriter& out) {
  out.family("tcp_closed_total", "counter",
             "Connections closed because they took too long, idled, or had to make room.");
  out.sample(label("reason", "timeout"), snapshot.tcp.closed_by_timeout);
  out.sample(label("reason", "idle"), snapshot.tcp.closed_idle);
  out.sample(label("reason", "room"), snapshot.tcp.closed_for_room);
}

void write_worker(const StatsSnapshot& snapshot, MetricsWriter& out) {
  const WorkerStatistics& worker = snapshot.worker;
  out.family("worker_jobs_total", "counter", "Jobs of the worker thread by how they ended.");
  out.sample(label("outcome", "done"), worker.done);
  out.sample(label("outcome", "failed"), worker.failed);
  out.sample(label("outcome", "cancelled"), worker.cancelled);
  out.family("worker_busy_seconds_total", "counter", "Time the worker spent on jobs that ended.");
  out.sample("", seconds(worker.busy));
  out.family("worker_running_seconds", "gauge",
             "How long the worker's present job has run; 0 if it has none.");
  out.sample("", seconds(snapshot.worker_running));
  out.family("worker_progress_ratio", "gauge",
             "How much of its present job the worker has behind it, as far as the job tells.");
  out.sample("", seconds(std::chrono::milliseconds(worker.progress)));
}

constexpr auto kListSingles = std::to_array<Single>({
    {"access_list_hashes", "gauge", "Hashes of the access list's file.",
     [](const StatsSnapshot& s) { return uint64_t{s.list.file.hashes}; }},
    {"access_list_bytes", "gauge", "Memory the access list takes.",
     [](const StatsSnapshot& s) { return uint64_t{s.list.file.bytes}; }},
    {"access_list_changed_hashes", "gauge", "Hashes the FIFOs have changed since it was read.",
     [](const StatsSnapshot& s) { return uint64_t{s.list.changed}; }},
    {"access_list_evicted_torrents_total", "counter",
     "Torrents that left the table because the access list refuses them.",
     [](const StatsSnapshot& s) { return s.list.evicted; }},
});

void write_last_load(const ListFileStatistics& file, MetricsWriter& out) {
  if (!file.loaded_at) return;
  out.family("access_list_loaded_timestamp_seconds", "gauge",
             "When the list in force was read, in seconds since 1970.");
  const auto since_1970 = file.loaded_at->time_since_epoch();
  out.sample("",
             static_cast<uint64_t>(std::chrono::floor<std::chrono::seconds>(since_1970).count()));
  out.family("access_list_load_seconds", "gauge", "Time it took to read the list in force.");
  out.sample("", seconds(file.took));
}

// Absent from an open tracker.
void write_list(const StatsSnapshot& snapshot, MetricsWriter& out) {
  const ListStatistics& list = snapshot.list;
  if (list.mode == AccessMode::open) return;
  for (const Single& row : kListSingles) write_single(row, snapshot, out);
  write_last_load(list.file, out);
  out.family("access_list_reads_total", "counter",
             "Times the access list's file was read, by what came of it: loaded is in force, "
             "refused left the list as it was, unsettled is looked at again.");
  out.sample(label("outcome", "loaded"), list.file.loaded);
  out.sample(label("outcome", "refused"), list.file.refused);
  out.sample(label("outcome", "unsettled"), list.file.unsettled);
  out.family("access_list_fifo_lines_total", "counter", "Lines of the FIFOs, by what they did.");
  out.sample(label("effect", "added"), list.fifo_added);
  out.sample(label("effect", "deleted"), list.fifo_deleted);
  out.sample(label("effect", "none"), list.fifo_ignored);
}

}  // namespace

std::string print_metrics(const StatsSnapshot& snapshot) {
  MetricsWriter out;
  write_build_info(snapshot, out);
  for (const Single& row : kSingles) write_single(row, snapshot, out);
  write_peers(snapshot, out);
  write_state(snapshot, out);
  write_requests(snapshot, out);
  write_http_errors(snapshot, out);
  write_renewals(snapshot, out);
  write_passes(snapshot, out);
  write_request_times(snapshot, out);
  write_swarm_sizes(snapshot, out);
  write_tcp(snapshot, out);
  write_worker(snapshot, out);
  write_list(snapshot, out);
  return out.finish();
}

}  // namespace ot
