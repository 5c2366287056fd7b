// What exists once for each event loop that serves clients.
//
// It comes in two parts, because the rooms that answer late (walks, dumps) stand between them: they
// are made on a LoopCore, and the HTTP front end of a ServingLoop hands requests to them. Today
// there is one of each, on the main thread. With several, each pair has its own thread; the loops
// share the table and the connection ids. Thread: the loop's.
#pragma once

#include <memory>
#include <vector>

#include "access/access_control.h"
#include "app/listeners.h"
#include "app/room_options.h"
#include "frontend/client_address.h"
#include "frontend/http.h"
#include "frontend/proxy_introduction.h"
#include "frontend/udp.h"
#include "net/event_loop.h"
#include "net/tcp_server.h"
#include "net/udp_server.h"
#include "swarm/expiry.h"
#include "traffic/traffic_log.h"

namespace ot {

// The loop itself, what it counts, and its view of the access list and of the networks.
struct LoopCore {
  // `hash` is the table's. Clock and log outlive it.
  LoopCore(std::unique_ptr<EventLoop> event_loop, AccessMode mode, const SecretHash& hash,
           AddressRules address_rules, const Clock& clock, Log& log);
  LoopCore(const LoopCore&) = delete;
  LoopCore& operator=(const LoopCore&) = delete;

  const std::unique_ptr<EventLoop> loop;
  const std::unique_ptr<TrafficLog> traffic_log;  // null: none of it is built in
  Statistics statistics;
  AccessControl access;    // written by AccessLists
  AddressRules addresses;  // by NetworkFiles
};

// The tracker on that loop: front ends, servers, and the ageing of the table.
class ServingLoop {
 public:
  // All of it outlives the ServingLoop.
  struct Rooms {
    LoopCore& core;
    SoleWriter& writer;  // of the table
    const ConnectionIds& connection_ids;
    Census& census;
    FullScrapes& full_scrapes;
    const Clock& clock;
    Log& log;
  };

  ServingLoop(const Rooms& rooms, TakeSnapshot take_snapshot, const RoomOptions& options);
  ServingLoop(const ServingLoop&) = delete;
  ServingLoop& operator=(const ServingLoop&) = delete;

  // Serves the sockets and ages the table from the next pass on; once.
  [[nodiscard]] Result<void, SystemError> open(Listeners listeners);
  // Closes UDP sockets, listeners and idle connections. The other connections end after the
  // requests they have sent.
  void close();

  // Connections that are open and not served within one pass.
  [[nodiscard]] size_t connections() const { return tcp_server_.connections(); }
  // Adds what this loop knows and Statistics does not.
  void add_to(StatsSnapshot& snapshot) const;

 private:
  void age();
  void end_pass(Duration took);

  LoopCore& core_;
  Tracker tracker_;
  UdpFrontend udp_frontend_;
  HttpFrontend http_frontend_;
  ProxyIntroduction proxy_introduction_;
  TcpServer tcp_server_;
  std::vector<std::unique_ptr<UdpServer>> udp_servers_;  // one for each open socket
  Expiry expiry_;
  Timer expiry_timer_;
};

}  // namespace ot
