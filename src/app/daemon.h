// The tracker as a whole: what exists once in the process, and the order in which it starts and
// stops.
//
// start() binds the sockets or takes over those that were passed in, gives up root, makes every
// room, reads access list and state, and only then lets the first packet in. run() serves until
// SIGINT or SIGTERM. Then no new request is accepted, requests under way have kGrace to be
// answered and the journal to be written, the state file is written, and run() returns. A second
// signal ends it at once, without writing the state. Thread: the main thread, which runs the loop.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "app/environment.h"
#include "app/notifier.h"
#include "app/serving_loop.h"
#include "base/log_limit.h"
#include "config/settings.h"
#include "lists/access_lists.h"
#include "lists/network_files.h"
#include "net/signal_watcher.h"
#include "state/state_keeper.h"
#include "tracker/upkeep.h"

namespace ot {

// What -v and the statistics say about the program.
struct Identity {
  std::string version;   // "opentracker 0.1.0 (commit)"
  std::string features;  // the switches, a space between them
};

class Daemon {
 public:
  // Clock and log outlive the daemon. It is ready when this returns: run() is to follow.
  [[nodiscard]] static Result<std::unique_ptr<Daemon>, StartError> start(
      const Settings& settings, const Identity& identity, const Environment& environment,
      const Clock& clock, Log& log);
  // Once.
  void run();

 private:
  // A stop may take two seconds; this leaves one of them for everything after it.
  static constexpr Duration kGrace = std::chrono::seconds(1);
  // The time that the service manager is asked for to write the state file: 10 GB at 100 MB/s.
  static constexpr Duration kStateGrace = std::chrono::seconds(100);

  // What can fail to be made.
  struct Parts {
    std::unique_ptr<EventLoop> loop;
    std::unique_ptr<Worker> worker;
    Notifier notifier;
  };

  Daemon(Parts parts, const RoomOptions& options, const Identity& identity,
         std::optional<Duration> watchdog, const Clock& clock, Log& log);

  [[nodiscard]] Result<void, std::string> load(const Settings& settings,
                                               const StateDumpOptions& dump);
  void report_ready();
  void on_signal(int number);
  void reload();
  // One of the two parts of a reload is done.
  void on_reloaded(bool& is_reloading);
  void begin_stop(int signal);
  void stop_when_quiet();
  void write_state();
  void tick();
  void feed_watchdog();
  [[nodiscard]] std::string status() const;
  [[nodiscard]] StatsSnapshot snapshot();

  const Identity identity_;
  const Clock& clock_;
  LimitedLog log_;
  const Notifier notifier_;
  const std::optional<Duration> watchdog_;  // how long the service manager waits for a sign of life
  const MonotonicTime started_;
  const uint32_t tracker_id_;
  bool lists_are_reloading_ = false;
  bool networks_are_reloading_ = false;
  bool is_stopping_at_once_ = false;
  const ConnectionIds connection_ids_;
  TorrentTable table_;
  SoleWriter sole_writer_;
  LoopCore core_;
  const std::unique_ptr<Worker> worker_;  // its jobs use the table, and end on the loop
  AccessLists lists_;
  NetworkFiles network_files_;
  const std::unique_ptr<StateKeeper> state_;  // null: no state file is configured
  Upkeep upkeep_;
  Census census_;
  FullScrapes full_scrapes_;
  ServingLoop serving_;
  SignalWatcher signals_;
  Timer tick_timer_;
  Timer watchdog_timer_;
  Timer stop_timer_;
  uint32_t ticks_ = 0;
  std::optional<MonotonicTime> stop_by_;          // once it is stopping
  const std::vector<const Statistics*> counted_;  // of each loop
};

}  // namespace ot
