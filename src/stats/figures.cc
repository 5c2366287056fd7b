#include "stats/figures.h"

#include <algorithm>
#include <array>

#include "stats/groups.h"

namespace ot {
namespace {

using Snapshot = const StatsSnapshot&;

constexpr Metric counter(std::string_view name, std::string_view help) {
  return {name, "counter", help};
}
constexpr Metric gauge(std::string_view name, std::string_view help) {
  return {name, "gauge", help};
}
constexpr Metric kOnlyJson;

template <uint64_t (Statistics::*count)() const>
uint64_t over_loops(Snapshot snapshot) {
  return snapshot.sum([](const Statistics& loop) { return (loop.*count)(); });
}

uint64_t nanoseconds(Duration duration) { return static_cast<uint64_t>(duration.count()); }

uint64_t unix_seconds(WallTime time) {
  return static_cast<uint64_t>(
      std::chrono::floor<std::chrono::seconds>(time.time_since_epoch()).count());
}

constexpr Metric kPeersByKind = gauge("peers", "Peers in the table, by kind.");
constexpr Metric kClosedByReason =
    counter("tcp_closed_total",
            "Connections closed because they took too long, idled, or had to make room.");
constexpr Metric kJobsByOutcome =
    counter("worker_jobs_total", "Jobs of the worker thread, by outcome.");
constexpr Metric kReadsByOutcome =
    counter("access_list_reads_total",
            "Times the access list's file was read, by outcome: loaded is in force, refused "
            "left the list as it was; unsettled counts those of both that are read again.");
constexpr Metric kLinesByEffect =
    counter("access_list_fifo_lines_total", "Lines read from the FIFOs, by effect.");

constexpr Metric kDeniedByProtocol =
    counter("denied_total",
            "TCP connections and requests, and datagrams, refused because access.deny names where "
            "they come from.");
constexpr Metric kNetworksByFile =
    gauge("access_networks", "Networks that a file names, by the key of the file.");

bool has_recount(Snapshot snapshot) { return snapshot.recount.has_value(); }
bool has_list(Snapshot snapshot) { return snapshot.list.mode != AccessMode::open; }
bool has_read_list(Snapshot snapshot) {
  return has_list(snapshot) && snapshot.list.file.loaded_at.has_value();
}

template <Transport transport>
uint64_t denied(Snapshot snapshot) {
  return snapshot.sum([](const Statistics& loop) { return loop.denied(transport); });
}
// JSON tells of files that are not configured, too: zeros.
NetworkFileStatus deny(Snapshot snapshot) {
  return snapshot.networks.deny.value_or(NetworkFileStatus{});
}
NetworkFileStatus proxy_file(Snapshot snapshot) {
  return snapshot.networks.proxy_file.value_or(NetworkFileStatus{});
}
JournalStatus journal(Snapshot snapshot) { return snapshot.list.journal.value_or(JournalStatus{}); }

bool has_deny(Snapshot snapshot) { return snapshot.networks.deny.has_value(); }
bool has_journal(Snapshot snapshot) { return snapshot.list.journal.has_value(); }
bool has_proxy_file(Snapshot snapshot) { return snapshot.networks.proxy_file.has_value(); }

void write_running(Snapshot snapshot, JsonWriter& json) {
  json.text("running", snapshot.worker.running);
}

// In the order of mode=everything in JSON.
constexpr auto kFigures = std::to_array<Figure>({
    {"", "tracker_id", kOnlyJson, [](Snapshot s) { return uint64_t{s.tracker_id}; }},
    {.write_json = groups::version_json, .write_metrics = groups::version},
    {"", "uptime_seconds", gauge("uptime_seconds", "Time since the tracker started."),
     [](Snapshot s) { return static_cast<uint64_t>(s.uptime.count()); }},
    {"", "peers", kOnlyJson, [](Snapshot s) { return s.table.peers; }},
    {"", "seeds", kPeersByKind.with(R"(kind="seeder")"),
     [](Snapshot s) { return s.table.seeders; }},
    {"", "", kPeersByKind.with(R"(kind="leecher")"),
     [](Snapshot s) { return s.table.peers - s.table.seeders; }},
    {"", "torrents", gauge("torrents", "Torrents in the table."),
     [](Snapshot s) { return s.table.torrents; }},
    {"", "table_bytes", gauge("table_bytes", "Memory the table takes."),
     [](Snapshot s) { return s.table.bytes; }},
    {"", "completed", counter("completed_total", "Completed downloads, counted once per peer."),
     over_loops<&Statistics::completed>},
    {"", "not_stored",
     counter("not_stored_total", "Announces answered without storing the peer, for lack of room."),
     over_loops<&Statistics::not_stored>},
    {"", "martians",
     counter("martians_total",
             "Announces answered without storing the peer, because no peer can have its address."),
     over_loops<&Statistics::martians>},
    {"", "expired_peers",
     counter("expired_peers_total", "Peers removed because they were silent for too long."),
     [](Snapshot s) { return s.expired.peers; }},
    {"", "expired_torrents", counter("expired_torrents_total", "Torrents removed by the sweep."),
     [](Snapshot s) { return s.expired.torrents; }},
    {"", "", counter("table_sweeps_total", "Times the whole table was swept for silent peers."),
     [](Snapshot s) { return s.expired.rounds; }},
    {"state", "writes", counter("state_writes_total", "Times the state file was written."),
     [](Snapshot s) { return s.state.writes; }},
    {"state", "failed_writes",
     counter("state_write_failures_total", "Times the state file could not be written."),
     [](Snapshot s) { return s.state.failed_writes; }},
    {"state", "written_at",
     gauge("state_written_timestamp_seconds",
           "When the state file was last written, in seconds since 1970; 0: not yet."),
     [](Snapshot s) { return unix_seconds(s.state.written_at); }},
    {"state", "write_milliseconds",
     gauge("state_write_seconds", "Time the last writing of the state file took."),
     [](Snapshot s) { return nanoseconds(s.state.write_took); }, Unit::nanoseconds},
    {"state", "bytes", gauge("state_bytes", "Size of the state file last written."),
     [](Snapshot s) { return s.state.bytes; }},
    {"state", "peers", gauge("state_peers", "Peers in the state file last written."),
     [](Snapshot s) { return s.state.written.peers; }},
    {"state", "torrents", kOnlyJson, [](Snapshot s) { return s.state.written.torrents; }},
    {"state", "loaded_peers",
     gauge("state_loaded_peers", "Peers that came from the state file at start."),
     [](Snapshot s) { return s.state.loaded.peers; }},
    {"state", "loaded_torrents",
     gauge("state_loaded_torrents", "Torrents that came from the state file at start."),
     [](Snapshot s) { return s.state.loaded.torrents; }},
    {"state", "load_milliseconds",
     gauge("state_load_seconds", "Time it took to read the state file at start."),
     [](Snapshot s) { return nanoseconds(s.state.load_took); }, Unit::nanoseconds},
    {.write_json = groups::requests_json, .write_metrics = groups::requests},
    {"", "full_scrapes", counter("full_scrapes_total", "Full scrapes served."),
     over_loops<&Statistics::full_scrapes>},
    {"", "full_scrape_bytes", counter("full_scrape_bytes_total", "Bytes of full scrapes served."),
     over_loops<&Statistics::full_scrape_bytes>},
    {"", "full_scrape_runs",
     counter("full_scrape_runs_total", "Full scrapes and dumps made; readers share them."),
     [](Snapshot s) { return s.dumps.counters.runs; }},
    {"", "full_scrapes_refused",
     counter("full_scrapes_refused_total", "Full scrapes turned away: too many waited."),
     [](Snapshot s) { return s.dumps.counters.refused; }},
    {"", "full_scrapes_reset",
     counter("full_scrapes_reset_total", "Full scrapes cut off: too slow a reader, or no memory."),
     [](Snapshot s) { return s.dumps.counters.reset; }},
    {"", "full_scrapes_running",
     gauge("full_scrapes_running", "Clients that are being sent a full scrape."),
     [](Snapshot s) { return s.dumps.readers; }},
    {"", "full_scrapes_waiting",
     gauge("full_scrapes_waiting", "Clients that wait for a full scrape."),
     [](Snapshot s) { return s.dumps.waiting; }},
    {"", "full_scrape_shards_done",
     gauge("full_scrape_shards_done",
           "Progress of the full scrape being made, in shards of 1024; 0 if there is none."),
     [](Snapshot s) { return s.dumps.shards_done; }},
    {"", "synced_peers", counter("synced_peers_total", "Peers received by live sync."),
     over_loops<&Statistics::synced_peers>},
    {"", "", counter("udp_received_datagrams_total", "Datagrams received."),
     [](Snapshot s) { return s.udp.received; }},
    {"", "udp_sent", counter("udp_sent_datagrams_total", "Datagrams sent."),
     [](Snapshot s) { return s.udp.sent; }},
    {"", "udp_send_errors",
     counter("udp_send_errors_total", "Datagrams the kernel refused to send or had no room for."),
     [](Snapshot s) { return s.udp.send_errors; }},
    {"", "udp_receive_drops",
     counter("udp_receive_drops_total", "Datagrams lost because the receive queue was full."),
     [](Snapshot s) { return s.udp.kernel_drops; }},
    {.write_json = groups::renewals_json, .write_metrics = groups::renewals},
    {.write_json = groups::http_errors_json, .write_metrics = groups::http_errors},
    {.write_metrics = groups::times},
    {"recount", "torrents", kOnlyJson, [](Snapshot s) { return s.walk->torrents; }},
    {"recount", "peers", kOnlyJson, [](Snapshot s) { return s.walk->peers; }},
    {"recount", "seeds", kOnlyJson, [](Snapshot s) { return s.walk->seeders; }},
    {"recount", "completed", kOnlyJson, [](Snapshot s) { return s.walk->downloaded; }},
    {"recount", "", gauge("recount_age_seconds", "Time since the last recount of the table."),
     [](Snapshot s) { return static_cast<uint64_t>(s.recount->age.count()); }, Unit::whole,
     has_recount},
    {.object = "recount",
     .is_measured = has_recount,
     .write_json = groups::swarm_sizes_json,
     .write_metrics = groups::swarm_sizes},
    {"tcp_connections", "waiting",
     gauge("tcp_connections",
           "Connections that wait for something: a request, its rest, its reply, room to send."),
     [](Snapshot s) { return uint64_t{s.tcp_connections}; }},
    {"tcp_connections", "buffered_bytes",
     gauge("tcp_buffered_bytes", "Bytes held for connections that wait."),
     [](Snapshot s) { return uint64_t{s.tcp_buffered}; }},
    {"tcp_connections", "closed_by_timeout", kClosedByReason.with(R"(reason="timeout")"),
     [](Snapshot s) { return s.tcp.closed_by_timeout; }},
    {"tcp_connections", "closed_idle", kClosedByReason.with(R"(reason="idle")"),
     [](Snapshot s) { return s.tcp.closed_idle; }},
    {"tcp_connections", "closed_for_room", kClosedByReason.with(R"(reason="room")"),
     [](Snapshot s) { return s.tcp.closed_for_room; }},
    {"tcp_connections", "accept_pauses",
     counter("tcp_accept_pauses_total",
             "Times no connection was accepted for lack of descriptors."),
     [](Snapshot s) { return s.tcp.accept_pauses; }},
    {"worker", "done", kJobsByOutcome.with(R"(outcome="done")"),
     [](Snapshot s) { return s.worker.done; }},
    {"worker", "failed", kJobsByOutcome.with(R"(outcome="failed")"),
     [](Snapshot s) { return s.worker.failed; }},
    {"worker", "cancelled", kJobsByOutcome.with(R"(outcome="cancelled")"),
     [](Snapshot s) { return s.worker.cancelled; }},
    {"worker", "waiting", gauge("worker_jobs_waiting", "Jobs that wait for the worker thread."),
     [](Snapshot s) { return uint64_t{s.worker.waiting}; }},
    {"worker", "busy_milliseconds",
     counter("worker_busy_seconds_total", "Time the worker spent on jobs that ended."),
     [](Snapshot s) { return nanoseconds(s.worker.busy); }, Unit::nanoseconds},
    {.object = "worker", .write_json = write_running},
    {"worker", "running_milliseconds",
     gauge("worker_running_seconds",
           "How long the worker's current job has run; 0 if it has none."),
     [](Snapshot s) { return nanoseconds(s.worker_running); }, Unit::nanoseconds},
    {"worker", "progress_permille",
     gauge("worker_progress_ratio",
           "Completed part of the worker's current job, if the job reports it."),
     [](Snapshot s) { return uint64_t{s.worker.progress}; }, Unit::permille},
    {"access_deny", "connections", kDeniedByProtocol.with(R"(protocol="tcp")"),
     denied<Transport::tcp>, Unit::whole, has_deny},
    {"access_deny", "datagrams", kDeniedByProtocol.with(R"(protocol="udp")"),
     denied<Transport::udp>, Unit::whole, has_deny},
    {"access_deny", "refused_reads",
     counter("access_deny_refused_reads_total",
             "Times the file of access.deny was read and left the networks in force as they were."),
     [](Snapshot s) { return deny(s).refused; }, Unit::whole, has_deny},
    {"access_deny", "networks", kNetworksByFile.with(R"(key="access.deny")"),
     [](Snapshot s) { return uint64_t{deny(s).networks}; }, Unit::whole, has_deny},
    {"access_proxy_file", "networks", kNetworksByFile.with(R"(key="access.proxy_file")"),
     [](Snapshot s) { return uint64_t{proxy_file(s).networks}; }, Unit::whole, has_proxy_file},
    {"access_proxy_file", "refused_reads",
     counter("access_proxy_file_refused_reads_total",
             "Times the file of access.proxy_file was read and left the networks in force as they "
             "were."),
     [](Snapshot s) { return proxy_file(s).refused; }, Unit::whole, has_proxy_file},
    {"access_list", "hashes", gauge("access_list_hashes", "Hashes of the access list's file."),
     [](Snapshot s) { return uint64_t{s.list.file.hashes}; }, Unit::whole, has_list},
    {"access_list", "bytes", gauge("access_list_bytes", "Memory the access list takes."),
     [](Snapshot s) { return uint64_t{s.list.file.bytes}; }, Unit::whole, has_list},
    {"access_list", "loaded_unix_seconds",
     gauge("access_list_loaded_timestamp_seconds",
           "When the list in force was read, in seconds since 1970."),
     [](Snapshot s) { return unix_seconds(s.list.file.loaded_at.value_or(WallTime{})); },
     Unit::whole, has_read_list},
    {"access_list", "load_milliseconds",
     gauge("access_list_load_seconds", "Time it took to read the list in force."),
     [](Snapshot s) { return nanoseconds(s.list.file.took); }, Unit::nanoseconds, has_read_list},
    {"access_list", "reads_loaded", kReadsByOutcome.with(R"(outcome="loaded")"),
     [](Snapshot s) { return s.list.file.loaded; }, Unit::whole, has_list},
    {"access_list", "reads_refused", kReadsByOutcome.with(R"(outcome="refused")"),
     [](Snapshot s) { return s.list.file.refused; }, Unit::whole, has_list},
    {"access_list", "reads_unsettled", kReadsByOutcome.with(R"(outcome="unsettled")"),
     [](Snapshot s) { return s.list.file.unsettled; }, Unit::whole, has_list},
    {"access_list", "changed_hashes",
     gauge("access_list_changed_hashes", "Hashes the FIFOs have changed since it was read."),
     [](Snapshot s) { return uint64_t{s.list.changed}; }, Unit::whole, has_list},
    {"access_list", "fifo_added", kLinesByEffect.with(R"(effect="added")"),
     [](Snapshot s) { return s.list.fifo_added; }, Unit::whole, has_list},
    {"access_list", "fifo_deleted", kLinesByEffect.with(R"(effect="deleted")"),
     [](Snapshot s) { return s.list.fifo_deleted; }, Unit::whole, has_list},
    {"access_list", "fifo_ignored", kLinesByEffect.with(R"(effect="none")"),
     [](Snapshot s) { return s.list.fifo_ignored; }, Unit::whole, has_list},
    {"access_list", "journal_lines",
     gauge("access_list_journal_lines", "Lines of the journal, where changes by FIFO are kept."),
     [](Snapshot s) { return journal(s).lines; }, Unit::whole, has_journal},
    {"access_list", "journal_waiting",
     gauge("access_list_journal_waiting_changes", "Changes that are not in the journal yet."),
     [](Snapshot s) { return journal(s).waiting; }, Unit::whole, has_journal},
    {"access_list", "journal_failed_writes",
     counter("access_list_journal_write_failures_total",
             "Times the journal could not be written; each is tried again."),
     [](Snapshot s) { return journal(s).failed_writes; }, Unit::whole, has_journal},
    {"access_list", "journal_left_out",
     counter("access_list_journal_left_out_changes_total",
             "Changes that a restart will forget, because too many were waiting."),
     [](Snapshot s) { return journal(s).left_out; }, Unit::whole, has_journal},
    {"access_list", "evicted_torrents",
     counter("access_list_evicted_torrents_total",
             "Torrents that left the table because the access list refuses them."),
     [](Snapshot s) { return s.list.evicted; }, Unit::whole, has_list},
});

// The row of the table with that key, to stand in a page of its own, too.
constexpr Figure row(std::string_view key) {
  return *std::find_if(kFigures.begin(), kFigures.end(), [key](const Figure& figure) {
    return figure.object.empty() && figure.key == key;
  });
}

constexpr std::array kPeer{row("peers"), row("seeds"), row("torrents")};
constexpr std::array kTorr{row("torrents")};
constexpr std::array kFscr{row("full_scrapes"), row("full_scrape_bytes"), row("uptime_seconds")};
constexpr std::array kCompleted{row("completed"), row("uptime_seconds")};
constexpr std::array kSyncs{row("synced_peers"), row("uptime_seconds")};

constexpr auto kConn = std::to_array<Figure>({
    {"", "connections", kOnlyJson,
     [](Snapshot s) {
       return s.actions(Transport::tcp, Action::contact) +
              s.actions(Transport::udp, Action::contact);
     }},
    {"", "successes", kOnlyJson,
     [](Snapshot s) {
       return s.successes(Transport::tcp, Family::v4) + s.successes(Transport::tcp, Family::v6) +
              s.successes(Transport::udp, Family::v4) + s.successes(Transport::udp, Family::v6);
     }},
    row("uptime_seconds"),
});

template <Transport transport>
constexpr auto kConnectionsV4 = std::to_array<Figure>({
    {"", "connections", kOnlyJson,
     [](Snapshot s) { return s.actions(transport, Family::v4, Action::contact); }},
    {"", "successes", kOnlyJson, [](Snapshot s) { return s.successes(transport, Family::v4); }},
    row("uptime_seconds"),
});

constexpr auto kScrp = std::to_array<Figure>({
    {"", "tcp_scrapes", kOnlyJson,
     [](Snapshot s) { return s.actions(Transport::tcp, Action::scrape); }},
    {"", "udp_scrapes", kOnlyJson,
     [](Snapshot s) { return s.actions(Transport::udp, Action::scrape); }},
    row("uptime_seconds"),
});

}  // namespace

std::span<const Figure> all_figures() { return kFigures; }

namespace figures {

constexpr std::span<const Figure> peer = kPeer;
constexpr std::span<const Figure> torr = kTorr;
constexpr std::span<const Figure> conn = kConn;
constexpr std::span<const Figure> tcp4 = kConnectionsV4<Transport::tcp>;
constexpr std::span<const Figure> udp4 = kConnectionsV4<Transport::udp>;
constexpr std::span<const Figure> scrp = kScrp;
constexpr std::span<const Figure> fscr = kFscr;
constexpr std::span<const Figure> completed = kCompleted;
constexpr std::span<const Figure> syncs = kSyncs;

}  // namespace figures
}  // namespace ot
