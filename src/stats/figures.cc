#include "stats/figures.h"

namespace ot::stats_figures {
namespace {

Figure uptime(const StatsSnapshot& snapshot) {
  return {"uptime_seconds", static_cast<uint64_t>(snapshot.uptime.count())};
}

Figures family(const StatsSnapshot& snapshot, Transport transport, Family family) {
  return {{"connections", snapshot.actions(transport, family, Action::contact)},
          {"successes", snapshot.successes(transport, family)},
          uptime(snapshot)};
}

}  // namespace

Figures peer(const StatsSnapshot& snapshot) {
  return {{"peers", snapshot.table.peers},
          {"seeds", snapshot.table.seeders},
          {"torrents", snapshot.table.torrents}};
}

Figures torr(const StatsSnapshot& snapshot) { return {{"torrents", snapshot.table.torrents}}; }

Figures conn(const StatsSnapshot& snapshot) {
  uint64_t contacts = 0;
  uint64_t successes = 0;
  for (const Transport transport : {Transport::tcp, Transport::udp}) {
    contacts += snapshot.actions(transport, Action::contact);
    successes +=
        snapshot.successes(transport, Family::v4) + snapshot.successes(transport, Family::v6);
  }
  return {{"connections", contacts}, {"successes", successes}, uptime(snapshot)};
}

Figures tcp4(const StatsSnapshot& snapshot) { return family(snapshot, Transport::tcp, Family::v4); }

Figures udp4(const StatsSnapshot& snapshot) { return family(snapshot, Transport::udp, Family::v4); }

Figures scrp(const StatsSnapshot& snapshot) {
  return {{"tcp_scrapes", snapshot.actions(Transport::tcp, Action::scrape)},
          {"udp_scrapes", snapshot.actions(Transport::udp, Action::scrape)},
          uptime(snapshot)};
}

Figures fscr(const StatsSnapshot& snapshot) {
  return {
      {"full_scrapes", snapshot.sum([](const Statistics& loop) { return loop.full_scrapes(); })},
      {"full_scrape_bytes",
       snapshot.sum([](const Statistics& loop) { return loop.full_scrape_bytes(); })},
      uptime(snapshot)};
}

Figures completed(const StatsSnapshot& snapshot) {
  return {{"completed", snapshot.completed()}, uptime(snapshot)};
}

Figures syncs(const StatsSnapshot& snapshot) {
  return {
      {"synced_peers", snapshot.sum([](const Statistics& loop) { return loop.synced_peers(); })},
      uptime(snapshot)};
}

}  // namespace ot::stats_figures
