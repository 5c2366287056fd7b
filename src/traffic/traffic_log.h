// What a loop records about individual requests, beyond totals. Each part has its own build switch
// and is empty if that is off.
//
// Each loop has one TrafficLog, writes it and prints the pages about it: with several loops, a page
// covers only the requests of its own loop, and a network is chosen for that loop only. Just the
// numwants may be read by any thread, because they are atomic counts. The front ends and the
// tracker test the switch before they call, so a switch that is off costs nothing.
#pragma once

#include <memory>
#include <optional>

#include "base/log.h"
#include "bittorrent/announce.h"
#include "traffic/network_tally.h"
#include "traffic/numwant_histogram.h"
#include "traffic/request_log.h"

namespace ot {

struct TrafficLog {
  // No client should announce again sooner than this.
  static constexpr unsigned kWoodpeckerMinutes = 20;

  std::optional<NetworkTally> connections;
  std::optional<NetworkTally> woodpeckers;
  std::optional<NumwantHistogram> numwants;
  std::optional<RequestLog> requests;
  Log* completions = nullptr;

  // A TCP connection accepted, a datagram received.
  void record_contact(const IpAddress& source) {
    if (connections) connections->add(source);
  }
  void record_announce(const AnnounceRequest& request, const AnnounceOutcome& outcome);
  void record_request(Transport transport, const Endpoint& source, ByteView request) {
    if (requests) requests->record(transport, source, request);
  }
};

// The parts that are built in; null if there are none. Clock and log must outlive it. Anybody can
// cause lines in the log by announcing, so the log must limit their number.
[[nodiscard]] std::unique_ptr<TrafficLog> built_in_traffic_log(const Clock& clock, Log& log,
                                                               Random random);

}  // namespace ot
