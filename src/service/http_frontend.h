// Answers HTTP requests: routes them, serves announce and scrape through the tracker, statistics
// and error pages.
//
// What is recognisably an announce or a scrape but wrong gets 200 and a bencoded `failure reason`,
// since clients show that and never read the body of an error; anything else that is wrong gets an
// error page and a closed connection. Thread: that of the loop.
#pragma once

#include <functional>
#include <string>

#include "net/event_loop.h"
#include "net/stream.h"
#include "protocol/http_reply.h"
#include "protocol/http_tracker.h"
#include "protocol/tracker_reply.h"
#include "service/stats_modes.h"
#include "service/tracker.h"

namespace ot {

struct HttpOptions {
  std::string stats_path = "stats";
  std::string metrics_path = "metrics";
  std::string redirect_url;  // where `/` sends people; empty: 404
};

class HttpFrontend final : public StreamHandler {
 public:
  // Gives the numbers of this moment.
  using TakeSnapshot = std::function<StatsSnapshot()>;

  HttpFrontend(const EventLoop& loop, Tracker& tracker, Statistics& statistics,
               TakeSnapshot take_snapshot, const HttpOptions& options = {});

  void on_connected(const Endpoint& peer) override {
    statistics_.record(Transport::tcp, peer.address.family(), Action::contact);
  }
  StreamVerdict on_bytes(const Endpoint& peer, ByteView input, size_t already_seen,
                         OutputBuffer& out) override;

  // The largest reply this front end builds; what TcpOptions::max_reply must be at least.
  [[nodiscard]] static size_t max_reply(const TrackerPolicy& policy);

 private:
  struct Exchange {
    const Endpoint& peer;
    std::string_view query;
    Persistence persistence;
    OutputBuffer& out;
  };

  void serve(Route route, Exchange& exchange);
  void announce(Exchange& exchange);
  void scrape(Exchange& exchange);
  void stats(Exchange& exchange, const StatsDefaults& defaults);
  void metrics(Exchange& exchange);
  void reply(Exchange& exchange, std::string_view body, std::string_view content_type);
  void root(Exchange& exchange);
  void fail(Exchange& exchange, std::string_view reason);
  void refuse(Exchange& exchange, const ErrorPage& page, HttpError error);
  void record(const Exchange& exchange, Action action) {
    statistics_.record(Transport::tcp, exchange.peer.address.family(), action);
  }

  const EventLoop& loop_;
  Tracker& tracker_;
  Statistics& statistics_;
  const TakeSnapshot take_snapshot_;
  const HttpOptions options_;
};

}  // namespace ot
