#include "app/daemon.h"

#include <algorithm>
#include <cassert>
#include <csignal>

#include "app/configured_files.h"
#include "app/privileges.h"
#include "app/room_options.h"
#include "base/duration_text.h"
#include "base/random.h"
#include "net/socket.h"

namespace ot {
namespace {

constexpr Duration kTick = std::chrono::seconds(1);
// How often `systemctl status` gets a new line, in ticks.
constexpr uint32_t kStatusTicks = 60;
// How often a stop looks whether the last connection has gone.
constexpr Duration kStopPoll = std::chrono::milliseconds(10);

ConnectionIds new_connection_ids() {
  ConnectionIds::Key key{};
  fill_random(key);
  return ConnectionIds(key);
}

std::unique_ptr<StateKeeper> make_state_keeper(EventLoop& loop, Worker& worker, TorrentTable& table,
                                               const Clock& clock, Log& log,
                                               const RoomOptions& options) {
  if (options.state_file.empty()) return nullptr;
  return std::make_unique<StateKeeper>(loop, worker, table, clock, log, options.state_file,
                                       options.state_interval);
}

// Logs everything that is wrong but the last error, which it returns.
Result<void, StartError> look_at_files(const ConfiguredFiles& files, const Settings& settings,
                                       const Standing& standing, Log& log) {
  const Findings findings = files.judge(settings, standing, Depth::access);
  for (const Finding& warning : findings.warnings)
    log.warning(settings.place(warning.key) + warning.message);
  if (findings.errors.empty()) return {};
  const Finding& last = findings.errors.back();
  for (const Finding& error : findings.errors)
    if (&error != &last) log.error(settings.place(error.key) + error.message);
  return Unexpected(StartError::configuration(settings.place(last.key) + last.message));
}

// Writing to a client that has gone, or beyond RLIMIT_FSIZE in a file, then fails with an error
// code instead.
void ignore_signals_of_failed_writes() {
  std::signal(SIGPIPE, SIG_IGN);
  std::signal(SIGXFSZ, SIG_IGN);
}

// For when the loop no longer runs: watched signals stay pending until it reads them.
bool is_stop_pending() {
  sigset_t pending;
  return ::sigpending(&pending) == 0 &&
         (sigismember(&pending, SIGINT) == 1 || sigismember(&pending, SIGTERM) == 1);
}

}  // namespace

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
  const ConfiguredFiles files(settings);
  const auto standing = drop_privileges(
      settings.tracker.user, settings.tracker.rootdir,
      {settings.written_at("tracker.user"), settings.written_at("tracker.rootdir")});
  if (!standing) return Unexpected(standing.error());
  log.info(describe(*standing));
  if (const auto usable = look_at_files(files, settings, *standing, log); !usable)
    return Unexpected(usable.error());
  ignore_signals_of_failed_writes();
  auto loop = EventLoop::create(clock);
  if (!loop) return Unexpected(loop.error());
  auto worker = Worker::create(clock);
  if (!worker) return Unexpected(worker.error());
  Parts parts{std::move(*loop), std::move(*worker), notifier ? std::move(*notifier) : Notifier()};
  const RoomOptions options = room_options(settings);
  std::unique_ptr<Daemon> daemon(
      new Daemon(std::move(parts), options, identity, environment.watchdog, clock, log));
  if (const auto done = daemon->signals_.watch({SIGINT, SIGTERM, SIGHUP}); !done)
    return Unexpected(done.error());
  if (const auto done = daemon->load(settings, options.dump); !done)
    return Unexpected(StartError::configuration(done.error()));
  if (const auto done = daemon->serving_.open(std::move(*listeners)); !done)
    return Unexpected(done.error());
  daemon->report_ready();
  return daemon;
}

Daemon::Daemon(Parts parts, const RoomOptions& options, const Identity& identity,
               std::optional<Duration> watchdog, const Clock& clock, Log& log)
    : identity_(identity),
      clock_(clock),
      log_(log, clock),
      notifier_(std::move(parts.notifier)),
      watchdog_(watchdog),
      started_(clock.now()),
      tracker_id_(Random().below(UINT32_MAX)),
      connection_ids_(new_connection_ids()),
      table_(options.table, SecretHash::random()),
      sole_writer_(table_),
      core_(std::move(parts.loop), options.lists.mode, table_.hash(), options.addresses, clock,
            log_),
      worker_(std::move(parts.worker)),
      lists_(options.lists, *core_.loop, *worker_, table_, core_.access, clock, log_,
             [this] { on_reloaded(lists_are_reloading_); }),
      network_files_(options.network_files, *core_.loop, *worker_, core_.addresses.deny.denied(),
                     core_.addresses.proxy, clock, log_,
                     [this] { on_reloaded(networks_are_reloading_); }),
      state_(make_state_keeper(*core_.loop, *worker_, table_, clock, log_, options)),
      upkeep_(*core_.loop, *worker_, table_, clock),
      census_(*core_.loop, *worker_, table_),
      full_scrapes_(*core_.loop, *worker_, table_, clock, core_.statistics),
      serving_(
          {core_, sole_writer_, connection_ids_, census_, full_scrapes_, clock, log_},
          [this] { return snapshot(); }, options),
      signals_(*core_.loop, [this](int number) { on_signal(number); }),
      tick_timer_(core_.loop->timers(), [this] { tick(); }),
      watchdog_timer_(core_.loop->timers(), [this] { feed_watchdog(); }),
      stop_timer_(core_.loop->timers(), [this] { stop_when_quiet(); }),
      counted_{&core_.statistics} {}

// Before the first answer, so that no answer goes without them; the lists first, since they decide
// which part of the state is served. The error is one of the configuration.
Result<void, std::string> Daemon::load(const Settings& settings, const StateDumpOptions& dump) {
  if (auto loaded = lists_.load_journal(); !loaded)
    return Unexpected(settings.place("access.journal") + loaded.error());
  const std::string list =
      settings.place(settings.access.whitelist.empty() ? "access.blacklist" : "access.whitelist");
  if (auto loaded = lists_.load(); !loaded) return Unexpected(list + loaded.error());
  const auto place_of = [&settings](std::string_view key) { return settings.place(key); };
  if (auto loaded = network_files_.load(place_of); !loaded) return loaded;
  if (state_) {
    state_->load([this](const InfoHash& info_hash) { return core_.access.permits(info_hash); });
    state_->begin();
  }
  const auto loaded = load_state_dump(dump, table_, core_.access, clock_, log_);
  if (!loaded) return Unexpected(settings.place("tracker.load_statedump") + loaded.error());
  return {};
}

void Daemon::report_ready() {
  notifier_.ready(status());
  log_.info("ready after " + seconds_text(clock_.now() - started_));
  tick_timer_.arm_after(kTick);
  if (watchdog_) feed_watchdog();
}

void Daemon::run() {
  assert(!stop_by_);
  core_.loop->run();
  lists_.end_stop();
  write_state();
  log_.tell_left_out();
  log_.info("stopped cleanly after " + uptime_text(clock_.now() - started_) + ", " +
            std::to_string(serving_.connections()) + " connections cut off");
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
  lists_are_reloading_ = networks_are_reloading_ = true;
  network_files_.reload();
  lists_.reload();
}

void Daemon::on_reloaded(bool& is_reloading) {
  is_reloading = false;
  if (lists_are_reloading_ || networks_are_reloading_ || stop_by_) return;
  notifier_.ready(status());
}

void Daemon::begin_stop(int signal) {
  if (stop_by_) {
    is_stopping_at_once_ = true;
    return core_.loop->stop();
  }
  stop_by_ = core_.loop->now() + kGrace;
  notifier_.stopping("stopping");
  log_.info(signal == SIGINT ? "SIGINT: stopping" : "SIGTERM: stopping");
  serving_.close();
  lists_.begin_stop();
  stop_when_quiet();
}

void Daemon::stop_when_quiet() {
  assert(stop_by_);
  const bool is_quiet = serving_.connections() == 0 && lists_.is_written();
  if (is_quiet || core_.loop->now() >= *stop_by_) return core_.loop->stop();
  stop_timer_.arm_after(kStopPoll);
}

void Daemon::tick() {
  log_.tell_left_out();
  if (++ticks_ % kStatusTicks == 0) notifier_.status(status());
  tick_timer_.arm_after(kTick);
}

void Daemon::feed_watchdog() {
  assert(watchdog_);
  notifier_.alive();
  watchdog_timer_.arm_after(std::max<Duration>(*watchdog_ / 2, std::chrono::milliseconds(1)));
}

std::string Daemon::status() const {
  return "serving " + std::to_string(table_.peers()) + " peers of " +
         std::to_string(table_.torrents()) + " torrents";
}

StatsSnapshot Daemon::snapshot() {
  StatsSnapshot snapshot;
  snapshot.loops = counted_;
  snapshot.torrents_counted = table_.torrents();
  snapshot.table = table_.totals();
  snapshot.uptime = std::chrono::floor<std::chrono::seconds>(core_.loop->now() - started_);
  snapshot.tracker_id = tracker_id_;
  snapshot.version = identity_.version;
  snapshot.features = identity_.features;
  snapshot.worker = worker_->status();
  if (const auto since = snapshot.worker.running_since)
    snapshot.worker_running = std::max(clock_.now() - *since, Duration::zero());
  snapshot.list = lists_.status();
  snapshot.networks = network_files_.status();
  snapshot.dumps = full_scrapes_.status();
  if (state_) snapshot.state = state_->status();
  serving_.add_to(snapshot);
  return snapshot;
}

}  // namespace ot
