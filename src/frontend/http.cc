#include "frontend/http.h"

#include <algorithm>
#include <utility>

#include "base/features.h"
#include "stats/metrics.h"
#include "stats/traffic.h"

namespace ot {
namespace {

// A page of sums stays far below this, one of 3 x 100 torrents too.
constexpr size_t kMaxReport = 48 << 10;
static_assert(kMaxTrafficPage < kMaxReport);

// A head whose last byte is the next to come ("\n\r\n") may have begun to end this long before it.
constexpr size_t kBegunEnd = 2;

// `view` lies inside `room`, which reserve() gave: these bytes are the next of the stream.
void commit(OutputBuffer& out, ByteSpan room, ByteView view) {
  out.commit(static_cast<size_t>(view.data() - room.data()), view.size());
}

bool wants_gzip(std::string_view fields) {
  if (features::kGzipAlways) return true;
  return features::kGzip && accepts_gzip({.target = {}, .fields = fields});
}

Persistence persistence_of(const RequestHead& head) {
  return features::kKeepAlive ? head.persistence : Persistence::close;
}

}  // namespace

HttpFrontend::HttpFrontend(const EventLoop& loop, Tracker& tracker, Statistics& statistics,
                           TakeSnapshot take_snapshot, const HttpOptions& options)
    : loop_(loop),
      tracker_(tracker),
      statistics_(statistics),
      take_snapshot_(std::move(take_snapshot)),
      options_(options) {}

size_t HttpFrontend::max_reply(const TrackerPolicy& policy) {
  return std::max({AnnounceReplyFrame::size_for(policy.numwant_max), kMaxScrapeReply,
                   kMaxFailureReply, kMaxErrorPage, kReplyHeadRoom + kMaxReport});
}

void HttpFrontend::on_connected(const Endpoint& socket) {
  statistics_.record(Transport::tcp, socket.address.family(), Action::contact);
  if constexpr (features::kLogNetworks) {
    if (TrafficLog* traffic = statistics_.traffic()) traffic->record_contact(socket.address);
  }
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
  const IpAddress& socket = peer.socket.address;
  Exchange exchange{{socket, socket, std::nullopt},
                    parsed.head.fields,
                    {},
                    parsed.head.version,
                    Persistence::close,
                    out};
  if (parsed.status == HeadResult::Status::bad) {
    log_request(peer, exchange, input);
    refuse(exchange, {HttpStatus::invalid_request}, HttpError::parse_error);
    return StreamVerdict::close(0);
  }
  exchange.persistence = persistence_of(parsed.head);
  const RoutedTarget target =
      route(parsed.head.target, {options_.stats_path, options_.metrics_path});
  exchange.query = target.query;
  exchange.client = client_of(peer, parsed.head.fields, target);
  log_request(peer, exchange, input.first(parsed.head.size));
  promise_.reset();
  serve(target.route, exchange);
  if (promise_) return StreamVerdict::later(parsed.head.size);
  const bool keep = exchange.persistence != Persistence::close;
  return keep ? StreamVerdict::keep(parsed.head.size) : StreamVerdict::close(parsed.head.size);
}

ClientAddress HttpFrontend::client_of(const StreamPeer& peer, std::string_view fields,
                                      const RoutedTarget& target) const {
  const IpAddress& socket = peer.socket.address;
  const AddressRules& rules = options_.addresses;
  // What most trackers are: nobody speaks for anybody else.
  if (rules.proxies.empty() && rules.claimants.empty() && !peer.introduced)
    return {socket, socket, std::nullopt};
  AddressEvidence evidence{socket, std::nullopt, fields};
  if (peer.introduced) evidence.proxy_header = ProxyHeader{peer.client, 0};
  return decide_client_address(rules, evidence, [&target] {
    return target.route == Route::announce ? address_in_query(target.query) : std::nullopt;
  });
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
    // The fault may be the proxy's; who takes "never" at its word would not see it mended.
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
  commit(exchange.out, room, frame.finish(*reply, client.connection, exchange.persistence));
}

void HttpFrontend::scrape(Exchange& exchange) {
  std::array<InfoHash, kMaxScrapeHashes> hashes;
  const auto count = parse_scrape(exchange.query, hashes);
  if (!count) return fail(exchange, count.error().reason);
  record(exchange, Action::scrape);
  std::array<SwarmCounts, kMaxScrapeHashes> counts;
  for (size_t i = 0; i < *count; ++i) counts[i] = tracker_.scrape(hashes[i], loop_.now());
  const ByteSpan room = exchange.out.reserve(kMaxScrapeReply);
  commit(exchange.out, room,
         write_scrape_reply(room, std::span(hashes).first(*count), std::span(counts).first(*count),
                            exchange.persistence));
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
  if (full_scrapes_ == nullptr || !full_scrapes_->has_room()) {
    return refuse(exchange,
                  {.status = HttpStatus::unavailable, .retry_after = FullScrapes::kRetryAfter},
                  HttpError::internal_error);
  }
  if (features::kModestFullScrapes && format != DumpFormat::statedump &&
      !modest_clients_.admit(exchange.client.connection, loop_.now())) {
    return refuse(exchange, {HttpStatus::payment_required}, HttpError::payment_required);
  }
  promise_ = Promise{DumpKind{format, wants_gzip(exchange.fields)}, exchange.version,
                     exchange.persistence, exchange.client.connection.family()};
}

void HttpFrontend::stats(Exchange& exchange, const StatsDefaults& defaults) {
  const Sight sight = asks_for_names(exchange.query, defaults) ? Sight::names : Sight::counters;
  if (!may(sight, exchange)) return deny(exchange);
  const auto question = parse_stats_query(exchange.query, defaults);
  if (!question) {
    return refuse(exchange, {.explanation = question.error().reason}, HttpError::invalid_parameter);
  }
  if (question->dump) return dump(exchange, *question->dump);
  if (question->mode->walk) return promise(exchange, *question);
  if (question->recording.changes() && !change_recording(exchange, question->recording)) return;
  print(exchange, *question);
}

void HttpFrontend::print(Exchange& exchange, const StatsQuestion& question) {
  StatsSnapshot snapshot = take_snapshot_();
  snapshot.requests_from = question.recording.from;
  reply(exchange, question.print(snapshot), question.content_type());
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
  refuse(exchange, {.explanation = "add: there are as many networks as there may be; see reset."},
         HttpError::invalid_parameter);
  return false;
}

void HttpFrontend::promise(Exchange& exchange, const StatsQuestion& question) {
  if (late_stats_ == nullptr) {
    return refuse(exchange, {HttpStatus::unavailable}, HttpError::internal_error);
  }
  promise_ = Promise{question, exchange.version, exchange.persistence,
                     exchange.client.connection.family()};
}

void HttpFrontend::on_later(ReplyPort& port, ConnectionToken to) {
  const auto promise = std::exchange(promise_, std::nullopt);
  if (const auto* kind = std::get_if<DumpKind>(&promise->what)) {
    return full_scrapes_->reply({&port, to, *kind, promise->version, promise->persistence});
  }
  late_stats_->reply({&port, to, promise->persistence, promise->family},
                     std::get<StatsQuestion>(promise->what));
}

void HttpFrontend::metrics(Exchange& exchange) {
  if (!may(Sight::counters, exchange)) return deny(exchange);
  StatsSnapshot snapshot = take_snapshot_();
  if (last_recount_ != nullptr) snapshot.recount = last_recount_->get();
  reply(exchange, print_metrics(snapshot), kMetricsContentType);
}

void HttpFrontend::reply(Exchange& exchange, std::string_view body, std::string_view content_type) {
  const ByteSpan room = exchange.out.reserve(kReplyHeadRoom + body.size());
  std::copy(body.begin(), body.end(), room.begin() + kReplyHeadRoom);
  commit(exchange.out, room,
         prepend_ok_head(room, kReplyHeadRoom, kReplyHeadRoom + body.size(), exchange.persistence,
                         content_type));
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
  commit(exchange.out, room,
         write_failure_reply(room, {reason, tracker_.policy().interval, retry_in},
                             exchange.persistence));
}

void HttpFrontend::deny(Exchange& exchange) {
  refuse(exchange, {HttpStatus::access_denied}, HttpError::access_denied);
}

// An error page closes the connection: who asks for what is not here has no further business.
void HttpFrontend::refuse(Exchange& exchange, const ErrorPage& page, HttpError error) {
  record(exchange, Action::refused);
  statistics_.record(error);
  exchange.persistence = Persistence::close;
  const ByteSpan room = exchange.out.reserve(kMaxErrorPage);
  commit(exchange.out, room, write_error_page(room, page, exchange.persistence));
}

}  // namespace ot
