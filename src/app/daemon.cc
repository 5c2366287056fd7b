#include "app/daemon.h"

#include <csignal>

#include "app/privileges.h"
#include "base/features.h"
#include "base/random.h"
#include "net/socket.h"

namespace ot {
namespace {

ConnectionIds new_connection_ids() {
  ConnectionIds::Key key{};
  fill_random(key);
  return ConnectionIds(key);
}

// 0.0.0.0 and ::, as far as this build serves them.
std::vector<IpAddress> wildcards() {
  std::vector<IpAddress> addresses;
  if (!features::kV6Only) addresses.push_back(IpAddress::v4(std::array<uint8_t, 4>{}));
  if (!features::kV4Only) addresses.push_back(IpAddress::v6(std::array<uint8_t, 16>{}));
  return addresses;
}

std::string describe(ListenProtocol protocol, const Endpoint& endpoint) {
  return (protocol == ListenProtocol::tcp ? "TCP " : "UDP ") + endpoint.to_string();
}

}  // namespace

// What is bound before root is given up and served after it.
struct Daemon::Sockets {
  std::vector<UniqueFd> tcp;
  std::vector<UniqueFd> udp;

  [[nodiscard]] Result<void, SystemError> bind(const ListenOption& option, Log& log) {
    if (option.address) return bind_one(option.protocol, {*option.address, option.port}, log);
    size_t skipped = 0;
    for (const IpAddress& address : wildcards()) {
      const Endpoint endpoint{address, option.port};
      auto bound = bind_one(option.protocol, endpoint, log);
      if (bound) continue;
      if (!is_family_unsupported(bound.error()) || ++skipped == wildcards().size()) return bound;
      log.warning("not listening on " + describe(option.protocol, endpoint) + ": " +
                  bound.error().message());
    }
    return {};
  }

 private:
  [[nodiscard]] Result<void, SystemError> bind_one(ListenProtocol protocol,
                                                   const Endpoint& endpoint, Log& log) {
    auto socket = protocol == ListenProtocol::tcp ? listen_tcp(endpoint) : bind_udp(endpoint);
    if (!socket) return Unexpected(socket.error());
    (protocol == ListenProtocol::tcp ? tcp : udp).push_back(std::move(*socket));
    log.info("listening on " + describe(protocol, endpoint));
    return {};
  }
};

Daemon::Daemon(std::unique_ptr<EventLoop> loop, const RoomOptions& options,
               const Identity& identity, const Clock& clock, Log& log)
    : loop_(std::move(loop)),
      identity_(identity),
      log_(log),
      started_(clock.now()),
      tracker_id_(Random().below(UINT32_MAX)),
      table_(options.table, KeyedHash::random()),
      tracker_(table_, options.policy, statistics_, Random()),
      connection_ids_(new_connection_ids()),
      udp_frontend_(*loop_, tracker_, connection_ids_, statistics_, options.udp),
      http_frontend_(
          *loop_, tracker_, statistics_, [this] { return snapshot(); }, options.http),
      tcp_server_(*loop_, http_frontend_, options.tcp),
      expiry_(table_, clock),
      expiry_timer_(loop_->timers(), [this] { age(); }),
      loops_{&statistics_} {}

Result<std::unique_ptr<Daemon>, SystemError> Daemon::start(const Settings& settings,
                                                           const Identity& identity,
                                                           const Clock& clock, Log& log) {
  if (const auto limit = raise_descriptor_limit(); !limit) log.warning(limit.error().message());
  Sockets sockets;
  for (const ListenOption& listen : settings.listen.sockets) {
    if (auto bound = sockets.bind(listen, log); !bound) return Unexpected(bound.error());
  }
  if (auto dropped = drop_privileges(settings.tracker.user, settings.tracker.rootdir); !dropped) {
    return Unexpected(dropped.error());
  }
  auto loop = EventLoop::create(clock);
  if (!loop) return Unexpected(loop.error());
  std::unique_ptr<Daemon> daemon(
      new Daemon(std::move(*loop), room_options(settings), identity, clock, log));
  if (auto watching = daemon->watch_signals(); !watching) return Unexpected(watching.error());
  if (auto serving = daemon->serve(std::move(sockets)); !serving)
    return Unexpected(serving.error());
  return daemon;
}

Result<void, SystemError> Daemon::watch_signals() {
  std::signal(SIGPIPE, SIG_IGN);
  auto watcher = SignalWatcher::create(*loop_, {SIGINT, SIGTERM, SIGHUP}, [this](int signal) {
    if (signal == SIGHUP)
      return log_.info("SIGHUP: no access list is configured, nothing to reload");
    log_.info("stopping");
    loop_->stop();
  });
  if (!watcher) return Unexpected(watcher.error());
  signals_ = std::move(*watcher);
  return {};
}

Result<void, SystemError> Daemon::serve(Sockets sockets) {
  for (UniqueFd& socket : sockets.tcp) {
    if (auto added = tcp_server_.add_listener(std::move(socket)); !added) return added;
  }
  for (UniqueFd& socket : sockets.udp) {
    auto server = UdpServer::create(*loop_, std::move(socket), udp_frontend_);
    if (!server) return Unexpected(server.error());
    udp_servers_.push_back(std::move(*server));
  }
  age();
  return {};
}

void Daemon::age() {
  expiry_.step();
  expiry_timer_.arm_after(Expiry::kTick);
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
  return snapshot;
}

}  // namespace ot
