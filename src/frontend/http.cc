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

bool wants_gzip(std::string_view fields) {
  if (features::kGzipAlways) return true;
  return features::kGzip && accepts_gzip({.target = {}, .fields = fields});
}

Persistence persistence_of(const RequestHead& head) {
  return features::kKeepAlive ? head.persistence : Persistence::close;
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
  Exchange exchange{.client = {socket, socket, std::nullopt},
                    .fields = head.fields,
                    .query = {},
                    .requester = {.version = head.version, .family = socket.family()},
                    .out = out};
  if (parsed.status == HeadResult::Status::bad) {
    log_request(peer, exchange, input);
    refuse(exchange, {HttpStatus::invalid_request}, HttpError::parse_error);
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
    return {socket, socket, std::nullopt};
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
  deny(exchange);
}

void HttpFrontend::serve(Route route, Exchange& exchange) {
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
    // The proxy may be at fault: clients told "never" would not notice when it is repaired.
    const auto later = std::chrono::ceil<std::chrono::minutes>(tracker_.policy().interval);
    return fail(exchange, describe(*client.refusal), later);
  }
  const auto parsed = parse_announce(exchange.query, client.announced);
  if (!parsed) return fail(exchange, parsed.error().reason);
  const AnnounceRequest& request = parsed->request;
  const Tracker::Target target = tracker_.prepare(request.info_hash);
  const size_t numwant = tracker_.numwant(request);
  const ByteSpan room = exchange.out.reserve(AnnounceReplyFrame::size_for(numwant));
  AnnounceReplyFrame frame(room, parsed->form, numwant);
  const auto reply = tracker_.announce(request, target, numwant, loop_.now(), frame.peers());
  if (!reply) return fail(exchange, kNotAuthorized);
  record(exchange, Action::announce);
  exchange.out.commit(room,
                      frame.finish(*reply, client.connection, exchange.requester.persistence));
}

void HttpFrontend::scrape(Exchange& exchange) {
  std::array<InfoHash, kMaxScrapeHashes> hashes;
  const auto count = parse_scrape(exchange.query, hashes);
  if (!count) return fail(exchange, count.error().reason);
  record(exchange, Action::scrape);
  std::array<SwarmCounts, kMaxScrapeHashes> counts;
  for (size_t i = 0; i < *count; ++i) counts[i] = tracker_.scrape(hashes[i], loop_.now());
  const ByteSpan room = exchange.out.reserve(kMaxScrapeReply);
  exchange.out.commit(
      room, write_scrape_reply(room, std::span(hashes).first(*count),
                               std::span(counts).first(*count), exchange.requester.persistence));
}

void HttpFrontend::full_scrape(Exchange& exchange) {
  if (!may(Sight::full_scrape, exchange)) return deny(exchange);
  if constexpr (features::kFullScrape) {
    dump(exchange, DumpFormat::ben);
  } else {
    fail(exchange, "This tracker does not offer full scrapes.");
  }
}

void HttpFrontend::dump(Exchange& exchange, DumpFormat format) {
  auto promise = full_scrapes_.promise(exchange.requester, {format, wants_gzip(exchange.fields)});
  if (!promise) {
    return refuse(exchange,
                  {.status = HttpStatus::unavailable, .retry_after = FullScrapes::kRetryAfter},
                  HttpError::internal_error);
  }
  if (features::kModestFullScrapes && format != DumpFormat::statedump &&
      !modest_clients_.admit(exchange.client.connection, loop_.now())) {
    return refuse(exchange, {HttpStatus::payment_required}, HttpError::payment_required);
  }
  exchange.late = std::move(promise);
}

void HttpFrontend::stats(Exchange& exchange, const StatsDefaults& defaults) {
  const auto question = parse_stats_query(exchange.query, defaults);
  // Before anything else is said about the question: a denial does not tell what exists.
  const bool shows_names = question ? question->mode->shows_names : question.error().shows_names;
  if (!may(shows_names ? Sight::names : Sight::counters, exchange)) return deny(exchange);
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
  write_page(exchange.out, exchange.requester, question->print(snapshot), question->content_type());
}

bool HttpFrontend::change_recording(Exchange& exchange, const RecordingQuery& change) {
  if (!may_change(options_.permissions, exchange.client, exchange.fields)) {
    refuse(exchange, {.status = HttpStatus::access_denied, .explanation = kMayNotChange},
           HttpError::access_denied);
    return false;
  }
  TrafficLog* traffic = statistics_.traffic();
  if (traffic == nullptr || !traffic->requests) return true;
  if (change.reset) traffic->requests->reset();
  if (!change.add || traffic->requests->choose(*change.add)) return true;
  refuse(exchange, {.explanation = "add: the list of networks is full; reset empties it."},
         HttpError::invalid_parameter);
  return false;
}

void HttpFrontend::metrics(Exchange& exchange) {
  if (!may(Sight::counters, exchange)) return deny(exchange);
  StatsSnapshot snapshot = take_snapshot_();
  snapshot.recount = census_.last_recount();
  write_page(exchange.out, exchange.requester, print_metrics(snapshot), kMetricsContentType);
}

void HttpFrontend::root(Exchange& exchange) {
  if (options_.redirect_url.empty()) {
    return refuse(exchange, {HttpStatus::not_found}, HttpError::not_found);
  }
  refuse(exchange, {HttpStatus::found, options_.redirect_url}, HttpError::redirect);
}

void HttpFrontend::fail(Exchange& exchange, std::string_view reason,
                        std::optional<std::chrono::minutes> retry_in) {
  record(exchange, Action::refused);
  statistics_.record(HttpError::invalid_parameter);
  const ByteSpan room = exchange.out.reserve(kMaxFailureReply);
  exchange.out.commit(room,
                      write_failure_reply(room, {reason, tracker_.policy().interval, retry_in},
                                          exchange.requester.persistence));
}

void HttpFrontend::deny(Exchange& exchange) {
  refuse(exchange, {HttpStatus::access_denied}, HttpError::access_denied);
}

}  // namespace ot
