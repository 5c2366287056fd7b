// The numbers of one moment, from which every statistics page is printed.
//
// A value: what it points at must outlive the printing, no more.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "census/findings.h"
#include "dump/status.h"
#include "lists/statistics.h"
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
  uint64_t torrents_counted = 0;  // the counter beside the table; equals table.torrents
  std::chrono::seconds uptime{0};
  uint32_t tracker_id = 0;
  std::string_view version;   // "opentracker 0.1.0 (commit)"
  std::string_view features;  // the switches, a space between them
  UdpCounters udp;            // of all sockets
  ExpiryCounters expired;
  TcpCounters tcp;
  size_t tcp_connections = 0;  // open, but for those that are served at once
  size_t tcp_buffered = 0;     // bytes held for them
  WorkerStatistics worker;
  Duration worker_running{0};  // how long its job has run
  ListStatistics list;
  DumpStatus dumps;
  StateStatus state;
  // Of the walk that the mode asked for; null for the others.
  const WalkFindings* walk = nullptr;
  // Some walk's of the near past, where it may be had.
  std::optional<Recount> recount;
  // That of the loop that prints; null: nothing of it is built in.
  const TrafficLog* traffic = nullptr;
  // The number of the first logged request to print; none: the newest that fit.
  std::optional<uint64_t> requests_from;

  // One sum over all loops.
  template <typename Read>
  [[nodiscard]] uint64_t sum(Read read) const {
    uint64_t total = 0;
    for (const Statistics* loop : loops) total += read(*loop);
    return total;
  }

  // Both families.
  [[nodiscard]] uint64_t actions(Transport transport, Action action) const;
  [[nodiscard]] uint64_t actions(Transport transport, Family family, Action action) const;
  // Answered well: announces, and for UDP connection ids.
  [[nodiscard]] uint64_t successes(Transport transport, Family family) const;
  [[nodiscard]] uint64_t http_errors(HttpError error) const;
  [[nodiscard]] uint64_t renewed(size_t row) const;
  [[nodiscard]] uint64_t completed() const;
};

}  // namespace ot
