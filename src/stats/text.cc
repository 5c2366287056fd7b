#include "stats/text.h"

#include <algorithm>
#include <cassert>

#include "base/duration_text.h"
#include "stats/figures.h"
#include "stats/labels.h"
#include "stats/networks.h"

namespace ot::stats_text {
namespace {

std::string text(uint64_t number) { return decimal_text(number); }

uint64_t seconds(const StatsSnapshot& snapshot) {
  return static_cast<uint64_t>(std::max<int64_t>(1, snapshot.uptime.count()));
}

// The first three of the four lines MRTG reads.
std::string block(const StatsSnapshot& snapshot, uint64_t first, uint64_t second) {
  const auto uptime = static_cast<uint64_t>(snapshot.uptime.count());
  return text(first) + "\n" + text(second) + "\n" + text(uptime) + " seconds (" +
         text(uptime / 3600) + " hours)\n";
}

std::string swarm_block(const StatsSnapshot& snapshot, uint64_t first, uint64_t second) {
  return text(first) + "\n" + text(second) + "\nopentracker serving " +
         text(snapshot.table.torrents) + " torrents\nopentracker";
}

struct Values {
  uint64_t first;
  uint64_t second;
};

Values values_of(std::span<const Figure> figures, const StatsSnapshot& snapshot) {
  assert(figures.size() >= 2);
  return {figures[0].read(snapshot), figures[1].read(snapshot)};
}

// Both values per second.
std::string rates(const StatsSnapshot& snapshot, const Values& values, std::string_view title,
                  std::string_view unit = "success/s.") {
  return "opentracker " + std::string(title) + ", " + text(values.first / seconds(snapshot)) +
         " conns/s :: " + text(values.second / seconds(snapshot)) + " " + std::string(unit);
}

std::string rates_page(const StatsSnapshot& snapshot, const Values& values, std::string_view title,
                       std::string_view unit = "success/s.") {
  return block(snapshot, values.first, values.second) + rates(snapshot, values, title, unit);
}

void append_torrents(const std::vector<RankedTorrent>& torrents, size_t limit,
                     std::string_view criterion, std::string& out) {
  out += "Top " + text(limit) + " torrents by " + std::string(criterion) + ":\n";
  for (size_t i = 0; i < std::min(limit, torrents.size()); ++i)
    out += "\t" + text(torrents[i].count) + "\t" + to_hex(torrents[i].info_hash) + "\n";
}

std::string top(const StatsSnapshot& snapshot, size_t limit) {
  assert(snapshot.walk != nullptr);
  std::string out;
  append_torrents(snapshot.walk->by_peers, limit, "peers", out);
  append_torrents(snapshot.walk->by_seeders, limit, "seeds", out);
  append_torrents(snapshot.walk->by_leechers, limit, "leechers", out);
  return out;
}

}  // namespace

std::string peer(const StatsSnapshot& snapshot) {
  return swarm_block(snapshot, snapshot.table.peers, snapshot.table.seeders);
}

std::string torr(const StatsSnapshot& snapshot) {
  return swarm_block(snapshot, snapshot.table.torrents, 0);
}

std::string conn(const StatsSnapshot& snapshot) {
  return rates_page(snapshot, values_of(figures::conn, snapshot), "connections");
}

std::string tcp4(const StatsSnapshot& snapshot) {
  return rates_page(snapshot, values_of(figures::tcp4, snapshot), "tcp4 stats");
}

std::string udp4(const StatsSnapshot& snapshot) {
  return rates_page(snapshot, values_of(figures::udp4, snapshot), "udp4 stats");
}

// The sentence is that of all connections.
std::string syncs(const StatsSnapshot& snapshot) {
  return block(snapshot, figures::syncs[0].read(snapshot), 0) +
         rates(snapshot, values_of(figures::conn, snapshot), "connections");
}

std::string fscr(const StatsSnapshot& snapshot) {
  // The graphs drawn from this expect thousandths.
  constexpr uint64_t kScale = 1000;
  Values values = values_of(figures::fscr, snapshot);
  values.first *= kScale;
  return rates_page(snapshot, values, "full scrape stats", "bytes/s.");
}

std::string scrp(const StatsSnapshot& snapshot) {
  const Values scrapes = values_of(figures::scrp, snapshot);
  return block(snapshot, scrapes.first, scrapes.second) + "opentracker scrape stats, " +
         text((scrapes.first + scrapes.second) / seconds(snapshot)) + " scrape/s (tcp and udp)";
}

std::string completed(const StatsSnapshot& snapshot) {
  const uint64_t count = snapshot.completed();
  const uint64_t hours = std::max<uint64_t>(1, seconds(snapshot) / 3600);
  return block(snapshot, count, 0) + "opentracker, " + text(count / hours) + " completed/h.";
}

std::string renew(const StatsSnapshot& snapshot) {
  std::string out;
  for (size_t row = 0; row < Statistics::kRenewRows; ++row)
    out += two_digits(row) + " " + text(snapshot.renewed(row)) + "\n";
  return out;
}

std::string herr(const StatsSnapshot& snapshot) {
  std::string out;
  for (const HttpErrorLabel& label : kHttpErrorLabels) {
    if (label.line.empty()) continue;
    out += std::string(label.line) + " " + text(snapshot.http_errors(label.error)) + "\n";
  }
  return out;
}

std::string version(const StatsSnapshot& snapshot) {
  const std::string_view separator = snapshot.features.empty() ? "" : " ";
  return std::string(snapshot.version) + std::string(separator) + std::string(snapshot.features) +
         "\n";
}

std::string top10(const StatsSnapshot& snapshot) { return top(snapshot, 10); }
std::string top100(const StatsSnapshot& snapshot) { return top(snapshot, 100); }

std::string s24s(const StatsSnapshot& snapshot) {
  assert(snapshot.walk != nullptr);
  std::string out;
  append_networks(rows_of(snapshot.walk->networks28, 28), out);
  append_networks(rows_of(snapshot.walk->networks24, 24), out);
  return out;
}

}  // namespace ot::stats_text
