// Answers HTTP requests: routes them, serves announces and scrapes through the tracker, statistics,
// metrics, dumps and error pages.
//
// An announce or scrape that is wrong gets 200 and a bencoded `failure reason`, since clients show
// that and never read the body of an error; any other wrong request gets an error page and a closed
// connection. client_address decides who the client is, permissions what it may see. Thread: that
// of the loop.
#pragma once

#include <chrono>
#include <memory>
#include <optional>
#include <string>

#include "census/census.h"
#include "dump/full_scrapes.h"
#include "frontend/client_address.h"
#include "frontend/late_stats.h"
#include "frontend/modest_clients.h"
#include "frontend/page.h"
#include "frontend/permissions.h"
#include "net/event_loop.h"
#include "net/stream.h"
#include "protocol/http_tracker.h"
#include "protocol/tracker_reply.h"
#include "stats/modes.h"
#include "tracker/tracker.h"

namespace ot {

struct HttpOptions {
  std::string stats_path = "stats";
  std::string metrics_path = "metrics";
  std::string redirect_url;  // where `/` redirects to; empty: 404
  PermissionRules permissions;
};

// What an HttpFrontend takes its answers from. All of it outlives the front end.
struct HttpServices {
  const EventLoop& loop;
  Tracker& tracker;
  Statistics& statistics;
  const AddressRules& addresses;
  Census& census;
  FullScrapes& full_scrapes;
};

class HttpFrontend final : public StreamHandler {
 public:
  HttpFrontend(const HttpServices& services, TakeSnapshot take_snapshot,
               const HttpOptions& options = {});

  // False for a client that access.deny names.
  [[nodiscard]] bool on_connected(const Endpoint& socket) override;
  StreamVerdict on_bytes(const StreamPeer& peer, ByteView input, size_t already_seen,
                         OutputBuffer& out) override;
  void on_deferred(Duration took, int requests) override {
    statistics_.record_requests(Transport::tcp, took, static_cast<uint64_t>(requests));
  }

  // The size of the largest reply this front end builds: TcpOptions::max_reply must not be less.
  [[nodiscard]] static size_t max_reply(const TrackerPolicy& policy);

 private:
  // A request and where its reply goes: into `out`, or later through `late`.
  struct Exchange {
    ClientAddress client;
    const RequestHead& head;
    std::string_view query;
    Requester requester;
    OutputBuffer& out;
    std::unique_ptr<LateReply> late = nullptr;
  };

  // Turns a client away that access.deny names.
  void turn_away(Exchange& exchange);
  [[nodiscard]] ClientAddress client_of(const StreamPeer& peer, std::string_view fields,
                                        const RoutedTarget& target) const;
  // For the log of raw requests, if it is built in.
  void log_request(const StreamPeer& peer, const Exchange& exchange, ByteView request);
  void serve(Route route, Exchange& exchange);
  void announce(Exchange& exchange);
  // HEAD: a reply like that to a GET, without storing or counting the peer.
  void announce_head(Exchange& exchange, const InfoHash& info_hash);
  void scrape(Exchange& exchange);
  void full_scrape(Exchange& exchange);
  void dump(Exchange& exchange, DumpFormat format);
  void stats(Exchange& exchange, const StatsDefaults& defaults);
  // Changes whose requests are recorded. False, after a refusal, if the client may not change it or
  // there are too many networks.
  [[nodiscard]] bool change_recording(Exchange& exchange, const RecordingQuery& change);
  void metrics(Exchange& exchange);
  void root(Exchange& exchange);
  void options(Exchange& exchange);
  // When a client that got a failure reason may retry. `never` makes some clients remove the
  // tracker for good, so it is only for a torrent that this tracker will not serve: lists, ports
  // and proxies get mended.
  enum class Retry : uint8_t { later, never };
  void fail(Exchange& exchange, std::string_view reason, Retry retry = Retry::later);
  void fail(Exchange& exchange, const BadParameter& bad) {
    fail(exchange, bad.reason, bad.is_final ? Retry::never : Retry::later);
  }
  void refuse_torrent(Exchange& exchange);
  // False, after a refusal, if the client may not see it.
  [[nodiscard]] bool check_may_see(Exchange& exchange, Shows what);
  void deny(Exchange& exchange, std::string_view explanation);
  void refuse(Exchange& exchange, const ErrorPage& page, HttpError error) {
    write_refusal(exchange.out, exchange.requester, statistics_, {page, error});
  }
  void record(const Exchange& exchange, Action action) {
    statistics_.record(Transport::tcp, exchange.requester.family, action);
  }

  const EventLoop& loop_;
  Tracker& tracker_;
  Statistics& statistics_;
  const AddressRules& addresses_;
  Census& census_;
  FullScrapes& full_scrapes_;
  const TakeSnapshot take_snapshot_;
  const HttpOptions options_;
  ModestClients modest_clients_;
};

}  // namespace ot
