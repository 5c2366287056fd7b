// What a loop remembers of single requests beyond sums, each part for a build switch of its own; a
// part that is not built in is not there.
//
// One TrafficLog a loop, written by that loop and read by the pages that loop answers: with several
// loops a page tells of its own loop's requests only, and a network is chosen for that loop. The
// numwants alone, being counts, may be read by any thread. The front ends and the tracker ask for
// the switch before they call here, so that it costs nothing where it is off.
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
  // Sooner than this a peer comes again as no client should.
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

// The parts whose switches are built in; null if none is. Clock and log outlive it; the log counts
// its lines, as whoever announces causes them.
[[nodiscard]] std::unique_ptr<TrafficLog> built_in_traffic_log(const Clock& clock, Log& log,
                                                               Random random);

}  // namespace ot
