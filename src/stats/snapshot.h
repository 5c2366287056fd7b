// The numbers of one moment, from which every statistics page is printed.
//
// A value; what it points at must outlive only the printing.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "census/findings.h"
#include "dump/status.h"
#include "lists/network_files.h"
#include "lists/status.h"
#include "net/tcp_server.h"
#include "net/udp_server.h"
#include "net/worker.h"
#include "state/state_keeper.h"
#include "swarm/expiry.h"
#include "swarm/torrent_table.h"
#include "tracker/statistics.h"
#include "traffic/traffic_log.h"

namespace ot {

struct StatsSnapshot {
  std::span<const Statistics* const> loops;  // summed up
  TableTotals table;
  uint64_t torrents_counted = 0;  // by a counter of its own; equals table.torrents
  std::chrono::seconds uptime{0};
  uint32_t tracker_id = 0;
  std::string_view version;   // "opentracker 0.1.0 (commit)"
  std::string_view features;  // the switches, a space between them
  UdpCounters udp;            // of all sockets
  ExpiryCounters expired;
  TcpCounters tcp;
  size_t tcp_connections = 0;  // open and waiting for something
  size_t tcp_buffered = 0;     // bytes held for them
  WorkerStatus worker;
  Duration worker_running{0};  // how long its present job has run
  ListStatus list;
  NetworkFilesStatus networks;
  DumpStatus dumps;
  StateStatus state;
  // Found by the walk that the mode needs; null for a mode that needs none.
  const WalkFindings* walk = nullptr;
  // The last recount, if there was one lately.
  std::optional<Recount> recount;
  // Of the loop that prints; null if no part of it is built in.
  const TrafficLog* traffic = nullptr;
  // The number of the first logged request to print; nothing: the newest that fit.
  std::optional<uint64_t> requests_from;

  // Over all loops.
  template <typename Read>
  [[nodiscard]] uint64_t sum(Read read) const {
    uint64_t total = 0;
    for (const Statistics* loop : loops) total += read(*loop);
    return total;
  }
  [[nodiscard]] uint64_t actions(Transport transport, Family family, Action action) const {
    return sum([=](const Statistics& loop) { return loop.actions(transport, family, action); });
  }
  [[nodiscard]] uint64_t actions(Transport transport, Action action) const {
    return sum([=](const Statistics& loop) { return loop.actions(transport, action); });
  }
  // Announces answered well and, for UDP, connection ids given.
  [[nodiscard]] uint64_t successes(Transport transport, Family family) const {
    return actions(transport, family, Action::announce) +
           actions(transport, family, Action::connect);
  }
  [[nodiscard]] uint64_t http_errors(HttpError error) const {
    return sum([=](const Statistics& loop) { return loop.http_errors(error); });
  }
  [[nodiscard]] uint64_t renewed(size_t row) const {
    return sum([=](const Statistics& loop) { return loop.renewed(row); });
  }
  [[nodiscard]] uint64_t completed() const {
    return sum([](const Statistics& loop) { return loop.completed(); });
  }
};

}  // namespace ot
