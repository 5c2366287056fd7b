#include "frontend/http.h"

#include <algorithm>
#include <utility>

#include "base/features.h"
#include "stats/metrics.h"
#include "stats/traffic.h"

namespace ot {
namespace {

// Far more than any page takes, the one with 3 x 100 torrents included.
constexpr size_t kMaxReport = 48 << 10;
static_assert(kMaxTrafficPage < kMaxReport);

// Bytes already seen may end with this much of the end of a head ("\n\r\n").
constexpr size_t kBegunEnd = 2;

constexpr std::string_view kNetworkNotServed = "This tracker does not serve your network.";

bool wants_gzip(const RequestHead& head) {
  return features::kGzipAlways || (features::kGzip && accepts_gzip(head));
}

Persistence persistence_of(const RequestHead& head) {
  return features::kKeepAlive ? head.persistence : Persistence::close;
}

// For statistics, whose readers often read to the end of the connection whatever its version.
void close_unless_kept_by_name(const RequestHead& head, Requester& requester) {
  if (!head.names_keep_alive) requester.persistence = Persistence::close;
}

}  // namespace

HttpFrontend::HttpFrontend(const HttpServices& services, TakeSnapshot take_snapshot,
                           const HttpOptions& options)
    : loop_(services.loop),
      tracker_(services.tracker),
      statistics_(services.statistics),
      addresses_(services.addresses),
      census_(services.census),
      full_scrapes_(services.full_scrapes),
      take_snapshot_(std::move(take_snapshot)),
      options_(options) {}

size_t HttpFrontend::max_reply(const TrackerPolicy& policy) {
  return std::max({AnnounceReplyFrame::size_for(policy.numwant_max), kMaxScrapeReply,
                   kMaxFailureReply, kMaxErrorPage, kReplyHeadRoom + kMaxReport});
}

bool HttpFrontend::on_connected(const Endpoint& socket) {
  statistics_.record(Transport::tcp, socket.address.family(), Action::contact);
  if constexpr (features::kLogNetworks) {
    if (TrafficLog* traffic = statistics_.traffic()) traffic->record_contact(socket.address);
  }
  if (!addresses_.deny.contains(socket.address)) return true;
  statistics_.record_denied(Transport::tcp);
  return false;
}

void HttpFrontend::log_request([[maybe_unused]] const StreamPeer& peer,
                               [[maybe_unused]] const Exchange& exchange,
                               [[maybe_unused]] ByteView request) {
  if constexpr (features::kFullLogNetworks) {
    const IpAddress& client = exchange.client.connection;
    const bool is_known = client == peer.socket.address && !peer.introduced;
    const Endpoint source = is_known ? peer.socket : Endpoint{client, 0};
    if (TrafficLog* traffic = statistics_.traffic())
      traffic->record_request(Transport::tcp, source, request);
  }
}

StreamVerdict HttpFrontend::on_bytes(const StreamPeer& peer, ByteView input, size_t already_seen,
                                     OutputBuffer& out) {
  const size_t scanned = already_seen - std::min(already_seen, kBegunEnd);
  const HeadResult parsed = parse_head(input, scanned);
  if (parsed.status == HeadResult::Status::incomplete) return StreamVerdict::need_more();
  const RequestHead& head = parsed.head;
  const IpAddress& socket = peer.socket.address;
  Exchange exchange{.client = {socket, socket},
                    .head = head,
                    .query = {},
                    .requester = {.version = head.version,
                                  .family = socket.family(),
                                  .head_only = head.method == Method::head},
                    .out = out};
  if (parsed.status == HeadResult::Status::bad) {
    log_request(peer, exchange, input);
    refuse(exchange, {.explanation = explain(parsed)}, HttpError::parse_error);
    return StreamVerdict::close(0);
  }
  const RoutedTarget target = route(head.target, {options_.stats_path, options_.metrics_path});
  exchange.query = target.query;
  exchange.client = client_of(peer, head.fields, target);
  exchange.requester.family = exchange.client.connection.family();
  exchange.requester.persistence = persistence_of(head);
  if (is_denied(addresses_, exchange.client)) {
    turn_away(exchange);
    return StreamVerdict::close(head.size);
  }
  log_request(peer, exchange, input.first(head.size));
  serve(target.route, exchange);
  if (exchange.late) return StreamVerdict::later(head.size, std::move(exchange.late));
  const bool keep = exchange.requester.persistence != Persistence::close;
  return keep ? StreamVerdict::keep(head.size) : StreamVerdict::close(head.size);
}

ClientAddress HttpFrontend::client_of(const StreamPeer& peer, std::string_view fields,
                                      const RoutedTarget& target) const {
  const IpAddress& socket = peer.socket.address;
  const AddressRules& rules = addresses_;
  // The usual case: no proxies, and nobody trusted to name an address.
  if (rules.proxy.empty() && rules.ip_from_query.empty() && !peer.introduced)
    return {socket, socket};
  AddressEvidence evidence{socket, std::nullopt, fields};
  if (peer.introduced) evidence.proxy_header = ProxyHeader{peer.client, 0};
  return decide_client_address(rules, evidence, [&target] {
    return target.route == Route::announce ? address_in_query(target.query) : std::nullopt;
  });
}

// Not a failure reason: the request was not judged, and nothing about it would be right.
void HttpFrontend::turn_away(Exchange& exchange) {
  statistics_.record_denied(Transport::tcp);
  exchange.requester.persistence = Persistence::close;
  deny(exchange, kNetworkNotServed);
}

void HttpFrontend::serve(Route route, Exchange& exchange) {
  if (exchange.head.method == Method::options) return options(exchange);
  switch (route) {
    case Route::announce:
      return announce(exchange);
    case Route::scrape:
      return scrape(exchange);
    case Route::full_scrape:
      return full_scrape(exchange);
    case Route::stats:
      return stats(exchange, {});
    case Route::stats_json:
      return stats(exchange, {"everything", StatsFormat::json});
    case Route::metrics:
      return metrics(exchange);
    case Route::root:
      return root(exchange);
    case Route::not_found:
      break;
  }
  refuse(exchange, {HttpStatus::not_found}, HttpError::not_found);
}

void HttpFrontend::announce(Exchange& exchange) {
  const ClientAddress& client = exchange.client;
  if (client.refusal) {
    RefusalText text;
    return fail(exchange, describe(client, text));
  }
  const auto parsed = parse_announce(exchange.query, client.announced);
  if (!parsed) return fail(exchange, parsed.error());
  const AnnounceRequest& request = parsed->request;
  if (exchange.head.method == Method::head) return announce_head(exchange, request.info_hash);
  const Tracker::Target target = tracker_.prepare(request.info_hash);
  const size_t numwant = tracker_.numwant(request);
  const ByteSpan room = exchange.out.reserve(AnnounceReplyFrame::size_for(numwant));
  AnnounceReplyFrame frame(room, parsed->form, numwant);
  const auto reply = tracker_.announce(request, target, numwant, loop_.now(), frame.peers());
  if (!reply) return refuse_torrent(exchange);
  record(exchange, Action::announce);
  exchange.out.commit(room,
                      frame.finish(*reply, client.connection, exchange.requester.persistence));
}

// How long the reply to a GET would be is known only once the peer is in the swarm.
void HttpFrontend::announce_head(Exchange& exchange, const InfoHash& info_hash) {
  if (!tracker_.serves(info_hash)) return refuse_torrent(exchange);
  const ByteSpan room = exchange.out.reserve(kReplyHeadRoom);
  exchange.out.commit(room, write_head_without_length(room, exchange.requester.persistence));
}

void HttpFrontend::scrape(Exchange& exchange) {
  std::array<InfoHash, kMaxScrapeHashes> hashes;
  const auto count = parse_scrape(exchange.query, hashes);
  if (!count) return fail(exchange, count.error());
  record(exchange, Action::scrape);
  std::array<SwarmCounts, kMaxScrapeHashes> counts;
  for (size_t i = 0; i < *count; ++i) counts[i] = tracker_.scrape(hashes[i], loop_.now());
  const ByteSpan room = exchange.out.reserve(kMaxScrapeReply);
  const ByteView reply =
      write_scrape_reply(room, std::span(hashes).first(*count), std::span(counts).first(*count),
                         exchange.requester.persistence);
  exchange.out.commit(room, as_asked(exchange.requester, reply));
}

void HttpFrontend::full_scrape(Exchange& exchange) {
  if (!may_scrape_all(options_.permissions, exchange.client))
    return deny(exchange, kMayNotScrapeAll);
  if constexpr (features::kFullScrape) {
    dump(exchange, DumpFormat::ben);
  } else {
    fail(exchange, "This tracker does not offer full scrapes.");
  }
}

void HttpFrontend::dump(Exchange& exchange, DumpFormat format) {
  const DumpKind kind{format, wants_gzip(exchange.head)};
  auto promise = full_scrapes_.promise(exchange.requester, kind);
  if (!promise) {
    return refuse(exchange,
                  {.status = HttpStatus::unavailable, .retry_after = FullScrapes::kRetryAfter},
                  HttpError::internal_error);
  }
  const bool head_only = exchange.requester.head_only;
  if (features::kModestFullScrapes && format != DumpFormat::statedump) {
    const IpAddress& client = exchange.client.connection;
    const bool admitted = head_only ? modest_clients_.would_admit(client, loop_.now())
                                    : modest_clients_.admit(client, loop_.now());
    if (!admitted)
      return refuse(exchange, {HttpStatus::payment_required}, HttpError::payment_required);
  }
  if (!head_only) {
    exchange.late = std::move(promise);
    return;
  }
  const ByteSpan room = exchange.out.reserve(kReplyHeadRoom);
  ByteWriter head(room);
  write_dump_head(head, exchange.requester, kind.gzip);
  exchange.out.commit(room, head.written());
}

void HttpFrontend::stats(Exchange& exchange, const StatsDefaults& defaults) {
  close_unless_kept_by_name(exchange.head, exchange.requester);
  const auto question = parse_stats_query(exchange.query, defaults);
  // Before anything else is said about the question: a denial does not tell what exists.
  if (!check_may_see(exchange, question ? question->mode->shows : question.error().shows)) return;
  if (!question) {
    return refuse(exchange, {.explanation = question.error().reason}, HttpError::invalid_parameter);
  }
  if (question->dump) return dump(exchange, *question->dump);
  if (question->mode->walk) {
    exchange.late = std::make_unique<LateStats>(census_, statistics_, take_snapshot_,
                                                exchange.requester, *question);
    return;
  }
  if (question->recording.changes() && !change_recording(exchange, question->recording)) return;
  StatsSnapshot snapshot = take_snapshot_();
  snapshot.requests_from = question->recording.from;
  write_page(exchange.out, exchange.requester, question->print(snapshot), content_of(*question));
}

bool HttpFrontend::change_recording(Exchange& exchange, const RecordingQuery& change) {
  if (!may_change(options_.permissions, exchange.client, exchange.head)) {
    refuse(exchange, {.status = HttpStatus::access_denied, .explanation = kMayNotChange},
           HttpError::access_denied);
    return false;
  }
  TrafficLog* traffic = statistics_.traffic();
  if (traffic == nullptr || !traffic->requests || exchange.requester.head_only) return true;
  if (change.reset) traffic->requests->reset();
  if (!change.add || traffic->requests->choose(*change.add)) return true;
  refuse(exchange, {.explanation = "add: the list of networks is full; reset empties it."},
         HttpError::invalid_parameter);
  return false;
}

void HttpFrontend::metrics(Exchange& exchange) {
  close_unless_kept_by_name(exchange.head, exchange.requester);
  if (!check_may_see(exchange, Shows::sums)) return;
  StatsSnapshot snapshot = take_snapshot_();
  snapshot.recount = census_.last_recount();
  write_page(exchange.out, exchange.requester, print_metrics(snapshot),
             {.type = kMetricsContentType, .any_origin = true});
}

void HttpFrontend::root(Exchange& exchange) {
  if (options_.redirect_url.empty()) {
    return refuse(exchange, {HttpStatus::not_found}, HttpError::not_found);
  }
  refuse(exchange, {HttpStatus::found, options_.redirect_url}, HttpError::redirect);
}

void HttpFrontend::options(Exchange& exchange) {
  const ByteSpan room = exchange.out.reserve(kMaxErrorPage);
  exchange.out.commit(room, write_options_reply(room, exchange.requester.persistence));
}

void HttpFrontend::fail(Exchange& exchange, std::string_view reason, Retry retry) {
  record(exchange, Action::refused);
  statistics_.record(HttpError::invalid_parameter);
  FailureReply failure{reason, tracker_.policy().interval};
  if (retry == Retry::later)
    failure.retry_in = std::chrono::ceil<std::chrono::minutes>(failure.interval);
  const ByteSpan room = exchange.out.reserve(kMaxFailureReply);
  const ByteView reply = write_failure_reply(room, failure, exchange.requester.persistence);
  exchange.out.commit(room, as_asked(exchange.requester, reply));
}

void HttpFrontend::refuse_torrent(Exchange& exchange) {
  const bool is_listed_as_bad = tracker_.access_mode() == AccessMode::black;
  fail(exchange, kNotAuthorized, is_listed_as_bad ? Retry::never : Retry::later);
}

bool HttpFrontend::check_may_see(Exchange& exchange, Shows what) {
  const PermissionRules& rules = options_.permissions;
  if (may_see(rules, what, exchange.client, exchange.head)) return true;
  deny(exchange, explain_denial(rules, what, exchange.client));
  return false;
}

void HttpFrontend::deny(Exchange& exchange, std::string_view explanation) {
  refuse(exchange, {.status = HttpStatus::access_denied, .explanation = explanation},
         HttpError::access_denied);
}

}  // namespace ot
