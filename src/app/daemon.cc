#include "app/daemon.h"

#include <algorithm>
#include <csignal>

#include "app/privileges.h"
#include "app/start_report.h"
#include "base/duration_text.h"
#include "base/random.h"
#include "net/socket.h"
#include "state/dump_at_start.h"

namespace ot {
namespace {

ConnectionIds new_connection_ids() {
  ConnectionIds::Key key{};
  fill_random(key);
  return ConnectionIds(key);
}

// How often `systemctl status` gets a new line, in ticks of a second.
constexpr uint32_t kStatusTicks = 60;
constexpr Duration kTick = std::chrono::seconds(1);
// How often a stop looks whether the last connection has gone.
constexpr Duration kStopPoll = std::chrono::milliseconds(10);

// Signals that are watched stay pending until the loop reads them, and it does not run any more.
bool is_stop_pending() {
  sigset_t pending;
  return ::sigpending(&pending) == 0 &&
         (sigismember(&pending, SIGINT) == 1 || sigismember(&pending, SIGTERM) == 1);
}

std::string_view signal_name(int number) { return number == SIGINT ? "SIGINT" : "SIGTERM"; }

}  // namespace

Daemon::Daemon(std::unique_ptr<EventLoop> loop, std::unique_ptr<Worker> worker,
               const RoomOptions& options, const Identity& identity, const Clock& clock, Log& log)
    : loop_(std::move(loop)),
      identity_(identity),
      clock_(clock),
      log_(log, clock),
      started_(clock.now()),
      tracker_id_(Random().below(UINT32_MAX)),
      table_(options.table, SecretHash::random()),
      sole_writer_(table_),
      worker_(std::move(worker)),
      traffic_log_(built_in_traffic_log(clock, log_, Random())),
      lists_(options.lists, *loop_, *worker_, table_, clock, log_),
      tracker_(sole_writer_, lists_.control(), options.policy, statistics_, Random()),
      connection_ids_(new_connection_ids()),
      udp_frontend_(*loop_, tracker_, connection_ids_, statistics_, options.udp,
                    options.http.addresses),
      stats_walks_(*loop_, *worker_, table_),
      late_stats_(stats_walks_, statistics_, [this] { return snapshot(); }),
      last_recount_(*loop_, stats_walks_),
      full_scrapes_(*loop_, *worker_, table_, clock, statistics_),
      http_frontend_(
          *loop_, tracker_, statistics_, [this] { return snapshot(); }, options.http),
      proxy_introduction_(http_frontend_.proxies(), log_),
      tcp_server_(*loop_, http_frontend_, options.tcp),
      expiry_(table_, clock),
      expiry_timer_(loop_->timers(), [this] { age(); }),
      tick_timer_(loop_->timers(), [this] { tick(); }),
      watchdog_timer_(loop_->timers(),
                      [this] {
                        notifier_.alive();
                        watchdog_timer_.arm_after(watchdog_interval_);
                      }),
      stop_timer_(loop_->timers(), [this] { stop_when_quiet(); }),
      loops_{&statistics_} {
  http_frontend_.set_late_stats(late_stats_);
  http_frontend_.set_last_recount(last_recount_);
  http_frontend_.set_full_scrapes(full_scrapes_);
  if (traffic_log_) statistics_.attach(*traffic_log_);
  loop_->set_pass_observer([this](Duration took) { end_pass(took); });
}

Result<std::unique_ptr<Daemon>, StartError> Daemon::start(const Settings& settings,
                                                          const Identity& identity,
                                                          const Environment& environment,
                                                          const Clock& clock, Log& log) {
  log.info("starting " + identity.version);
  if (const auto limit = raise_descriptor_limit(); !limit) log.warning(limit.error().message());
  auto listeners = Listeners::open(settings.listen, environment, log);
  if (!listeners) return Unexpected(listeners.error());
  auto notifier = Notifier::connect(environment.notify_socket);
  if (!notifier) log.warning("NOTIFY_SOCKET: " + notifier.error().message());
  const auto standing = drop_privileges(settings.tracker.user, settings.tracker.rootdir);
  if (!standing) return Unexpected(standing.error());
  log.info(describe(*standing));
  auto loop = EventLoop::create(clock);
  if (!loop) return Unexpected(loop.error());
  auto worker = Worker::create(clock);
  if (!worker) return Unexpected(worker.error());
  const RoomOptions options = room_options(settings);
  std::unique_ptr<Daemon> daemon(
      new Daemon(std::move(*loop), std::move(*worker), options, identity, clock, log));
  if (auto watching = daemon->watch_signals(); !watching) return Unexpected(watching.error());
  if (auto loaded = daemon->load_lists(options.lists); !loaded) return Unexpected(loaded.error());
  daemon->load_state(settings.tracker);
  const auto loaded = load_dump_at_start(options.dump, daemon->table_, daemon->lists_.control(),
                                         clock, daemon->log_);
  if (!loaded) return Unexpected(StartError::configuration(loaded.error()));
  if (auto serving = daemon->serve(std::move(*listeners)); !serving)
    return Unexpected(serving.error());
  daemon->report_to(notifier ? std::move(*notifier) : Notifier(), environment.watchdog);
  return daemon;
}

Result<void, SystemError> Daemon::watch_signals() {
  std::signal(SIGPIPE, SIG_IGN);
  // A file that grows over RLIMIT_FSIZE fails by an error code.
  std::signal(SIGXFSZ, SIG_IGN);
  auto watcher = SignalWatcher::create(*loop_, {SIGINT, SIGTERM, SIGHUP},
                                       [this](int signal) { on_signal(signal); });
  if (!watcher) return Unexpected(watcher.error());
  signals_ = std::move(*watcher);
  return {};
}

// Before the first answer, so that no answer is given without the list.
Result<void, StartError> Daemon::load_lists(const ListOptions& options) {
  log_.info(describe_access(options.mode, options.path));
  auto started = lists_.start([this] {
    if (!stop_by_) notifier_.ready(status());
  });
  if (!started) return Unexpected(StartError::configuration(started.error()));
  return {};
}

// Before the first answer, and after the lists, which say what of it is served.
void Daemon::load_state(const TrackerSettings& settings) {
  if (settings.state_file.empty()) return;
  state_.emplace(*loop_, *worker_, table_, clock_, log_, settings.state_file,
                 settings.state_interval);
  state_->load([this](const InfoHash& info_hash) { return lists_.control().permits(info_hash); });
  state_->begin();
}

Result<void, SystemError> Daemon::serve(Listeners listeners) {
  for (UniqueFd& socket : listeners.tcp) {
    if (auto added = tcp_server_.add_listener(std::move(socket)); !added) return added;
  }
  for (UniqueFd& socket : listeners.proxied_tcp) {
    auto added = tcp_server_.add_listener(std::move(socket), &proxy_introduction_);
    if (!added) return added;
  }
  for (UniqueFd& socket : listeners.udp) {
    auto server = UdpServer::create(*loop_, std::move(socket), udp_frontend_);
    if (!server) return Unexpected(server.error());
    udp_servers_.push_back(std::move(*server));
  }
  upkeep_.emplace(*loop_, *worker_, table_, clock_);
  age();
  tick();
  return {};
}

void Daemon::report_to(Notifier notifier, std::optional<Duration> watchdog) {
  notifier_ = std::move(notifier);
  notifier_.ready(status());
  log_.info("ready after " + seconds_text(clock_.now() - started_));
  if (!watchdog) return;
  watchdog_interval_ = std::max<Duration>(*watchdog / 2, std::chrono::milliseconds(1));
  watchdog_timer_.arm_after(watchdog_interval_);
}

void Daemon::run() {
  loop_->run();
  write_state();
  log_.tell_left_out();
  log_.info("stopped cleanly after " + uptime_text(clock_.now() - started_) + ", " +
            std::to_string(tcp_server_.connections()) + " connections cut off");
}

void Daemon::write_state() {
  if (!state_) return;
  notifier_.extend(kStateGrace);
  state_->write_last([this] { return is_stopping_at_once_ || is_stop_pending(); });
}

void Daemon::on_signal(int number) { number == SIGHUP ? reload() : begin_stop(number); }

void Daemon::reload() {
  if (stop_by_) return;
  notifier_.reloading(clock_.now());
  lists_.reload();
}

void Daemon::begin_stop(int signal) {
  if (stop_by_) {
    is_stopping_at_once_ = true;
    return loop_->stop();
  }
  stop_by_ = loop_->now() + kGrace;
  notifier_.stopping("stopping");
  log_.info(std::string(signal_name(signal)) + ": stopping");
  tcp_server_.stop_listening();
  udp_servers_.clear();
  stop_when_quiet();
}

void Daemon::stop_when_quiet() {
  if (tcp_server_.connections() == 0 || loop_->now() >= *stop_by_) return loop_->stop();
  stop_timer_.arm_after(kStopPoll);
}

// Once a second.
void Daemon::tick() {
  log_.tell_left_out();
  if (++ticks_ % kStatusTicks == 0) notifier_.status(status());
  tick_timer_.arm_after(kTick);
}

std::string Daemon::status() {
  return "serving " + std::to_string(table_.peers()) + " peers of " +
         std::to_string(table_.torrents()) + " torrents";
}

void Daemon::age() {
  expiry_.step();
  expiry_timer_.arm_after(Expiry::kTick);
}

void Daemon::end_pass(Duration took) {
  statistics_.record_pass(took);
  uint64_t datagrams = 0;
  for (const auto& server : udp_servers_) datagrams += server->sent();
  statistics_.end_pass(Transport::udp, took, datagrams);
  statistics_.end_pass(Transport::tcp, took, tcp_server_.answered_at_once());
}

StatsSnapshot Daemon::snapshot() {
  StatsSnapshot snapshot;
  snapshot.loops = loops_;
  snapshot.torrents_counted = table_.torrents();
  snapshot.table = table_.totals();
  snapshot.uptime = std::chrono::floor<std::chrono::seconds>(loop_->now() - started_);
  snapshot.tracker_id = tracker_id_;
  snapshot.version = identity_.version;
  snapshot.features = identity_.features;
  for (const auto& server : udp_servers_) snapshot.udp += server->counters();
  snapshot.expired = expiry_.counters();
  snapshot.tcp = tcp_server_.counters();
  snapshot.tcp_connections = tcp_server_.connections();
  snapshot.tcp_buffered = tcp_server_.buffered_bytes();
  snapshot.worker = worker_->statistics();
  if (const auto since = snapshot.worker.running_since)
    snapshot.worker_running = std::max(clock_.now() - *since, Duration::zero());
  snapshot.list = lists_.statistics();
  snapshot.traffic = traffic_log_.get();
  snapshot.dumps = full_scrapes_.status();
  if (state_) snapshot.state = state_->figures();
  return snapshot;
}

}  // namespace ot
