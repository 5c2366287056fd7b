// A whole tracker without sockets, on a clock that stands still until told to move: one table, both
// front ends, a worker, and the expiry that the daemon's timer would drive. Secrets and randomness
// are constants, so everything but the worker's jobs is repeatable.
#pragma once

#include <memory>

#include "census/table_walks.h"
#include "frontend/http.h"
#include "frontend/udp.h"
#include "net/event_loop.h"
#include "stats/xml.h"
#include "swarm/expiry.h"
#include "unit/frontend/datagrams.h"
#include "unit/frontend/http_exchange.h"

namespace ot {

struct OfflineSettings {
  TableOptions table;
  TrackerPolicy policy;
  UdpLimits udp;
  HttpOptions http;
  AddressRules addresses;
  AccessMode access = AccessMode::open;
  uint64_t seed = 1;
};

class OfflineTracker {
 public:
  explicit OfflineTracker(const OfflineSettings& settings = {})
      : loop(EventLoop::create(clock).value()),
        table(settings.table, SecretHash({1, 2, 3, 4, 5, 6})),
        worker(Worker::create(clock).value()),
        access(settings.access, SecretHash({1, 2, 3, 4, 5, 6})),
        tracker(writer, access, settings.policy, statistics, Random(settings.seed)),
        ids(ConnectionIds::Key{2}),
        addresses(settings.addresses),
        udp_frontend(*loop, tracker, ids, statistics, addresses, settings.udp),
        census(*loop, *worker, table),
        full_scrapes(*loop, *worker, table, clock, statistics),
        http_frontend(
            {*loop, tracker, statistics, addresses, census, full_scrapes},
            [this] { return snapshot(); }, settings.http),
        expiry(table, clock),
        expiry_timer_(loop->timers(), [this] { age(); }) {
    age();
  }

  // Lets time pass in passes of the loop, one every `tick`.
  void advance(Duration by, Duration tick = std::chrono::seconds(1)) {
    const MonotonicTime end = clock.now() + by;
    while (clock.now() < end) {
      clock.advance(std::min(tick, end - clock.now()));
      loop->run_once(Duration::zero());
    }
  }

  // The answer to one datagram; empty for silence.
  Bytes udp(const Endpoint& source, ByteView datagram) {
    Bytes memory(UdpServer::kMaxDatagram);
    const Datagram in{source, datagram};
    UdpReply out{memory, 0};
    udp_frontend.on_batch({&in, 1}, {&out, 1});
    memory.resize(out.size);
    return memory;
  }
  // The id that connecting from there gives now.
  [[nodiscard]] uint64_t udp_connection_id(const Endpoint& source) {
    const Bytes reply = udp(source, udp_connect(1));
    ByteReader reader(reply);
    reader.skip(2 * sizeof(uint32_t));
    return reader.read<uint64_t>();
  }

  // The one reply to a request on a connection of its own.
  HttpReply http(const Endpoint& client, std::string_view request) {
    OfflineConnection connection(http_frontend, client);
    connection.send(request);
    const std::vector<HttpReply> replies = connection.take();
    return replies.size() == 1 ? replies.front() : HttpReply{};
  }

  [[nodiscard]] StatsSnapshot snapshot() {
    StatsSnapshot snapshot;
    snapshot.loops = {&loops_, 1};
    snapshot.torrents_counted = table.torrents();
    snapshot.table = table.totals();
    return snapshot;
  }

  // What a walk finds now.
  [[nodiscard]] WalkFindings recount() {
    const std::atomic<bool> no{false};
    WalkFindings findings;
    const JobResult walked = walk_table(WalkKind::recount, table, {no, no}, findings);
    return walked ? findings : WalkFindings{};
  }
  // mode=everything, which needs a worker over HTTP.
  [[nodiscard]] std::string everything() {
    const WalkFindings findings = recount();
    StatsSnapshot numbers = snapshot();
    numbers.walk = &findings;
    return stats_xml::everything(numbers);
  }

  ManualClock clock;
  const std::unique_ptr<EventLoop> loop;
  TorrentTable table;
  SoleWriter writer{table};
  const std::unique_ptr<Worker> worker;
  Statistics statistics;
  AccessControl access;
  Tracker tracker;
  const ConnectionIds ids;
  AddressRules addresses;
  UdpFrontend udp_frontend;
  Census census;
  FullScrapes full_scrapes;
  HttpFrontend http_frontend;
  Expiry expiry;

 private:
  void age() {
    expiry.step();
    expiry_timer_.arm_after(Expiry::kTick);
  }

  Timer expiry_timer_;
  const Statistics* const loops_ = &statistics;
};

}  // namespace ot
