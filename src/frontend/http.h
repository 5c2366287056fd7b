// Answers HTTP requests: routes them, serves announce and scrape through the tracker, statistics
// and error pages.
//
// What is recognisably an announce or a scrape but wrong gets 200 and a bencoded `failure reason`,
// since clients show that and never read the body of an error; anything else that is wrong gets an
// error page and a closed connection. Whose request it is decides client_address, what it may see
// permissions. Thread: that of the loop.
#pragma once

#include <chrono>
#include <functional>
#include <optional>
#include <string>
#include <variant>

#include "census/census.h"
#include "dump/full_scrapes.h"
#include "frontend/client_address.h"
#include "frontend/late_stats.h"
#include "frontend/modest_clients.h"
#include "frontend/permissions.h"
#include "net/event_loop.h"
#include "net/stream.h"
#include "protocol/http_reply.h"
#include "protocol/http_tracker.h"
#include "protocol/tracker_reply.h"
#include "stats/modes.h"
#include "tracker/tracker.h"

namespace ot {

struct HttpOptions {
  std::string stats_path = "stats";
  std::string metrics_path = "metrics";
  std::string redirect_url;  // where `/` sends people; empty: 404
  AddressRules addresses;
  PermissionRules permissions;
};

// What an HttpFrontend takes its answers from. All of it outlives the front end.
struct HttpServices {
  const EventLoop& loop;
  Tracker& tracker;
  Statistics& statistics;
  Census& census;
  LateStats& late_stats;  // statistics that need a walk over the table
  FullScrapes& full_scrapes;
};

class HttpFrontend final : public StreamHandler {
 public:
  // Returns the numbers of this moment.
  using TakeSnapshot = std::function<StatsSnapshot()>;

  HttpFrontend(const HttpServices& services, TakeSnapshot take_snapshot,
               const HttpOptions& options = {});

  void on_connected(const Endpoint& socket) override;
  void on_later(ReplyPort& port, ConnectionToken to) override;
  StreamVerdict on_bytes(const StreamPeer& peer, ByteView input, size_t already_seen,
                         OutputBuffer& out) override;
  void on_deferred(Duration took, int requests) override {
    statistics_.record_requests(Transport::tcp, took, static_cast<uint64_t>(requests));
  }

  // access.proxy, as long as this lives.
  [[nodiscard]] const Networks& proxies() const { return options_.addresses.proxies; }

  // The largest reply this front end builds; what TcpOptions::max_reply must be at least.
  [[nodiscard]] static size_t max_reply(const TrackerPolicy& policy);

 private:
  struct Exchange {
    ClientAddress client;
    std::string_view fields;  // the header lines
    std::string_view query;
    HttpVersion version;
    Persistence persistence;
    OutputBuffer& out;
  };

  // The reply that on_bytes() has promised and on_later() will see to.
  struct Promise {
    std::variant<StatsQuestion, DumpKind> what;
    HttpVersion version;
    Persistence persistence;
    Family family;
  };

  [[nodiscard]] ClientAddress client_of(const StreamPeer& peer, std::string_view fields,
                                        const RoutedTarget& target) const;
  // For the log of raw requests, if the build has one.
  void log_request(const StreamPeer& peer, const Exchange& exchange, ByteView request);
  void serve(Route route, Exchange& exchange);
  void announce(Exchange& exchange);
  void scrape(Exchange& exchange);
  void full_scrape(Exchange& exchange);
  void dump(Exchange& exchange, DumpFormat format);
  void stats(Exchange& exchange, const StatsDefaults& defaults);
  void promise(Exchange& exchange, const StatsQuestion& question);
  void print(Exchange& exchange, const StatsQuestion& question);
  // Changes whose requests are recorded, if the client may; else, or if they are too many, answers
  // why not. True if it was done.
  bool change_recording(Exchange& exchange, const RecordingQuery& change);
  void metrics(Exchange& exchange);
  void reply(Exchange& exchange, std::string_view body, std::string_view content_type);
  void root(Exchange& exchange);
  // Without `retry_in` the client need not come back.
  void fail(Exchange& exchange, std::string_view reason,
            std::optional<std::chrono::minutes> retry_in = std::nullopt);
  [[nodiscard]] bool may(Sight sight, const Exchange& exchange) const {
    return may_see(options_.permissions, sight, exchange.client, exchange.fields);
  }
  void deny(Exchange& exchange);
  void refuse(Exchange& exchange, const ErrorPage& page, HttpError error);
  void record(const Exchange& exchange, Action action) {
    statistics_.record(Transport::tcp, exchange.client.connection.family(), action);
  }

  const EventLoop& loop_;
  Tracker& tracker_;
  Statistics& statistics_;
  Census& census_;
  LateStats& late_stats_;
  FullScrapes& full_scrapes_;
  const TakeSnapshot take_snapshot_;
  const HttpOptions options_;
  ModestClients modest_clients_;
  std::optional<Promise> promise_;
};

}  // namespace ot
