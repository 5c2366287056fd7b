#include "service/stats_metrics.h"

#include <array>
#include <cstdio>

#include "service/stats_labels.h"

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
});

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

void write_passes(const StatsSnapshot& snapshot, MetricsWriter& out) {
  out.family("loop_pass_seconds", "histogram",
             "Time a pass of the event loop took, waiting left out: what a request may wait for.");
  uint64_t count = 0;
  for (size_t bucket = 0; bucket <= DurationHistogram::kBounds; ++bucket) {
    count += snapshot.sum([bucket](const Statistics& loop) { return loop.passes().count(bucket); });
    const bool last = bucket == DurationHistogram::kBounds;
    out.sample(label("le", last ? "+Inf" : seconds(DurationHistogram::bound(bucket))), count,
               "_bucket");
  }
  const uint64_t nanoseconds = snapshot.sum(
      [](const Statistics& loop) { return static_cast<uint64_t>(loop.passes().sum().count()); });
  out.sample("", seconds(std::chrono::nanoseconds(static_cast<int64_t>(nanoseconds))), "_sum");
  out.sample("", count, "_count");
}

}  // namespace

std::string print_metrics(const StatsSnapshot& snapshot) {
  MetricsWriter out;
  write_build_info(snapshot, out);
  for (const Single& row : kSingles) {
    out.family(row.name, row.type, row.help);
    out.sample("", row.read(snapshot));
  }
  write_peers(snapshot, out);
  write_state(snapshot, out);
  write_requests(snapshot, out);
  write_http_errors(snapshot, out);
  write_renewals(snapshot, out);
  write_passes(snapshot, out);
  return out.finish();
}

}  // namespace ot
