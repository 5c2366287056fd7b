// The tracker put together: the one place where objects are chosen, made and connected.
//
// start() binds or takes over its sockets, gives up root, and only then lets the first packet in;
// run() serves until SIGINT or SIGTERM. Then it listens no more, lets those who are in the middle
// of a request have their reply for at most kGrace, writes its state file, and ends; a second
// signal, whenever it comes, ends it at once and without the writing. Thread: all of it on one; the
// loop's.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "app/environment.h"
#include "app/listeners.h"
#include "app/notifier.h"
#include "app/room_options.h"
#include "app/start_error.h"
#include "base/clock.h"
#include "base/log_limit.h"
#include "config/settings.h"
#include "frontend/http.h"
#include "frontend/proxy_introduction.h"
#include "frontend/udp.h"
#include "lists/access_lists.h"
#include "net/event_loop.h"
#include "net/signal_watcher.h"
#include "net/tcp_server.h"
#include "net/udp_server.h"
#include "net/worker.h"
#include "state/state_keeper.h"
#include "swarm/expiry.h"
#include "tracker/upkeep.h"
#include "traffic/traffic_log.h"

namespace ot {

// Who we are, for -v and the statistics.
struct Identity {
  std::string version;   // "opentracker 0.1.0 (commit)"
  std::string features;  // the switches, a space between them
};

class Daemon {
 public:
  [[nodiscard]] static Result<std::unique_ptr<Daemon>, StartError> start(
      const Settings& settings, const Identity& identity, const Environment& environment,
      const Clock& clock, Log& log);
  void run();

 private:
  // With what is left of two seconds for the rest of the end.
  static constexpr Duration kGrace = std::chrono::seconds(1);
  // What the service manager is asked for to write the state file: 10 GB at 100 MB/s.
  static constexpr Duration kStateGrace = std::chrono::seconds(100);

  Daemon(std::unique_ptr<EventLoop> loop, std::unique_ptr<Worker> worker,
         const RoomOptions& options, const Identity& identity, const Clock& clock, Log& log);

  [[nodiscard]] Result<void, SystemError> watch_signals();
  [[nodiscard]] Result<void, StartError> load_lists(const ListOptions& options);
  void load_state(const TrackerSettings& settings);
  [[nodiscard]] Result<void, SystemError> serve(Listeners listeners);
  // From here on `notifier` hears of us, every `watchdog` / 2 if that is given.
  void report_to(Notifier notifier, std::optional<Duration> watchdog);
  void on_signal(int number);
  void reload();
  void begin_stop(int signal);
  void stop_when_quiet();
  void write_state();
  void age();
  void tick();
  void end_pass(Duration took);
  [[nodiscard]] std::string status();
  [[nodiscard]] StatsSnapshot snapshot();

  const std::unique_ptr<EventLoop> loop_;
  const Identity identity_;
  const Clock& clock_;
  LimitedLog log_;
  Notifier notifier_;
  const MonotonicTime started_;
  const uint32_t tracker_id_;
  TorrentTable table_;
  SoleWriter sole_writer_;
  const std::unique_ptr<Worker> worker_;           // its jobs use the table
  const std::unique_ptr<TrafficLog> traffic_log_;  // null if nothing of it is built in
  Statistics statistics_;
  AccessLists lists_;
  std::optional<StateKeeper> state_;
  Tracker tracker_;
  const ConnectionIds connection_ids_;
  UdpFrontend udp_frontend_;
  StatsWalks stats_walks_;
  LateStats late_stats_;
  LastRecount last_recount_;
  FullScrapes full_scrapes_;
  HttpFrontend http_frontend_;
  ProxyIntroduction proxy_introduction_;
  std::optional<Upkeep> upkeep_;
  TcpServer tcp_server_;
  std::vector<std::unique_ptr<UdpServer>> udp_servers_;
  std::unique_ptr<SignalWatcher> signals_;
  Expiry expiry_;
  Timer expiry_timer_;
  Timer tick_timer_;
  uint32_t ticks_ = 0;
  Duration watchdog_interval_{};
  Timer watchdog_timer_;
  std::optional<MonotonicTime> stop_by_;  // once it is stopping
  bool is_stopping_at_once_ = false;
  Timer stop_timer_;
  const Statistics* const loops_[1];
};

}  // namespace ot
