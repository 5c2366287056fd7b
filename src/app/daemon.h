// The tracker put together: the one place where objects are chosen, made and connected.
//
// start() binds, gives up root, and only then lets the first packet in; run() serves until SIGINT
// or SIGTERM. Thread: all of it on one; the loop's.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "app/room_options.h"
#include "base/clock.h"
#include "base/log.h"
#include "config/settings.h"
#include "net/event_loop.h"
#include "net/signal_watcher.h"
#include "net/tcp_server.h"
#include "net/udp_server.h"
#include "service/http_frontend.h"
#include "service/udp_frontend.h"
#include "swarm/expiry.h"

namespace ot {

// Who we are, for -v and the statistics.
struct Identity {
  std::string version;   // "opentracker 0.1.0 (commit)"
  std::string features;  // the switches, a space between them
};

class Daemon {
 public:
  // A system call that failed is the error; the exit code is 111 then.
  [[nodiscard]] static Result<std::unique_ptr<Daemon>, SystemError> start(const Settings& settings,
                                                                          const Identity& identity,
                                                                          const Clock& clock,
                                                                          Log& log);
  void run() { loop_->run(); }

 private:
  struct Sockets;

  Daemon(std::unique_ptr<EventLoop> loop, const RoomOptions& options, const Identity& identity,
         const Clock& clock, Log& log);

  [[nodiscard]] Result<void, SystemError> watch_signals();
  [[nodiscard]] Result<void, SystemError> serve(Sockets sockets);
  void age();
  [[nodiscard]] StatsSnapshot snapshot();

  const std::unique_ptr<EventLoop> loop_;
  const Identity identity_;
  Log& log_;
  const MonotonicTime started_;
  const uint32_t tracker_id_;
  TorrentTable table_;
  Statistics statistics_;
  Tracker tracker_;
  const ConnectionIds connection_ids_;
  UdpFrontend udp_frontend_;
  HttpFrontend http_frontend_;
  TcpServer tcp_server_;
  std::vector<std::unique_ptr<UdpServer>> udp_servers_;
  std::unique_ptr<SignalWatcher> signals_;
  Expiry expiry_;
  Timer expiry_timer_;
  const Statistics* const loops_[1];
};

}  // namespace ot
