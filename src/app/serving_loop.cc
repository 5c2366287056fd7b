#include "app/serving_loop.h"

#include <cassert>
#include <utility>

namespace ot {

LoopCore::LoopCore(std::unique_ptr<EventLoop> event_loop, AccessMode mode, const SecretHash& hash,
                   AddressRules address_rules, const Clock& clock, Log& log)
    : loop(std::move(event_loop)),
      traffic_log(built_in_traffic_log(clock, log, Random())),
      access(mode, hash),
      addresses(std::move(address_rules)) {
  assert(loop != nullptr);
  if (traffic_log) statistics.attach(*traffic_log);
}

ServingLoop::ServingLoop(const Rooms& rooms, TakeSnapshot take_snapshot, const RoomOptions& options)
    : core_(rooms.core),
      tracker_(rooms.writer, core_.access, options.policy, core_.statistics, Random()),
      udp_frontend_(*core_.loop, tracker_, rooms.connection_ids, core_.statistics, core_.addresses,
                    options.udp),
      http_frontend_({*core_.loop, tracker_, core_.statistics, core_.addresses, rooms.census,
                      rooms.full_scrapes},
                     std::move(take_snapshot), options.http),
      proxy_introduction_(core_.addresses.proxy, rooms.log),
      tcp_server_(*core_.loop, http_frontend_, options.tcp),
      expiry_(rooms.writer.table(), rooms.clock),
      expiry_timer_(core_.loop->timers(), [this] { age(); }) {
  core_.loop->set_pass_observer([this](Duration took) { end_pass(took); });
}

Result<void, SystemError> ServingLoop::open(Listeners listeners) {
  assert(!expiry_timer_.armed());
  for (UniqueFd& socket : listeners.tcp) {
    if (auto added = tcp_server_.add_listener(std::move(socket)); !added) return added;
  }
  for (UniqueFd& socket : listeners.proxied_tcp) {
    auto added = tcp_server_.add_listener(std::move(socket), &proxy_introduction_);
    if (!added) return added;
  }
  for (UniqueFd& socket : listeners.udp) {
    auto server = UdpServer::create(*core_.loop, std::move(socket), udp_frontend_);
    if (!server) return Unexpected(server.error());
    udp_servers_.push_back(std::move(*server));
  }
  age();
  return {};
}

void ServingLoop::close() {
  tcp_server_.stop_listening();
  udp_servers_.clear();
}

void ServingLoop::age() {
  expiry_.step();
  expiry_timer_.arm_after(Expiry::kTick);
}

void ServingLoop::end_pass(Duration took) {
  core_.statistics.record_pass(took);
  uint64_t datagrams = 0;
  for (const auto& server : udp_servers_) datagrams += server->sent();
  core_.statistics.end_pass(Transport::udp, took, datagrams);
  core_.statistics.end_pass(Transport::tcp, took, tcp_server_.answered_at_once());
}

void ServingLoop::add_to(StatsSnapshot& snapshot) const {
  for (const auto& server : udp_servers_) snapshot.udp += server->counters();
  snapshot.tcp = tcp_server_.counters();
  snapshot.tcp_connections += tcp_server_.connections();
  snapshot.tcp_buffered += tcp_server_.buffered_bytes();
  snapshot.expired = expiry_.counters();
  snapshot.traffic = core_.traffic_log.get();
}

}  // namespace ot
