#include "bench/load/udp_session.h"

#include "bittorrent/announce.h"

namespace ot::bench {
namespace {

constexpr uint32_t kActionConnect = 0;
constexpr uint32_t kActionAnnounce = 1;
constexpr uint32_t kActionScrape = 2;
constexpr uint32_t kActionError = 3;
constexpr size_t kScrapeEntry = 12;
constexpr uint64_t kForgedId = 0x0123456789ABCDEF;

uint32_t action_of(RequestKind kind) {
  switch (kind) {
    case RequestKind::connect:
      return kActionConnect;
    case RequestKind::scrape:
      return kActionScrape;
    default:
      return kActionAnnounce;
  }
}

}  // namespace

Result<std::unique_ptr<UdpSession>, SystemError> UdpSession::open(const Options& options,
                                                                  const Population& population) {
  auto port4 = UdpPort::open(options.target);
  if (!port4) return Unexpected(port4.error());
  std::unique_ptr<UdpPort> port6;
  if (population.has_ipv6()) {
    const Endpoint target6 = options.target6.value_or(*Endpoint::parse("[::1]:6969", 6969));
    auto opened = UdpPort::open(target6);
    if (!opened) return Unexpected(opened.error());
    port6 = std::move(*opened);
  }
  return std::unique_ptr<UdpSession>(
      new UdpSession(options, population, std::move(*port4), std::move(port6)));
}

UdpSession::UdpSession(const Options& options, const Population& population,
                       std::unique_ptr<UdpPort> port4, std::unique_ptr<UdpPort> port6)
    : options_(options),
      population_(population),
      port4_(std::move(port4)),
      port6_(std::move(port6)),
      random_(options.population.seed),
      ids_(places()),
      ring_(kRing) {}

uint32_t UdpSession::places() const { return population_.sources() + (port6_ ? 1U : 0U); }

uint32_t UdpSession::place_of(uint32_t peer) const {
  return population_.is_ipv6(peer) ? population_.sources() : population_.source_of(peer);
}

bool UdpSession::connect_all() {
  const MonotonicTime deadline = now() + std::chrono::seconds(10);
  for (uint32_t place = 0; place < places();) {
    while (place < places() && in_flight_ < options_.window) send_connect(place++, now());
    flush();
    if (!receive()) wait(std::chrono::milliseconds(50));
    expire(now());
  }
  while (in_flight_ > 0 && now() < deadline) {
    if (!receive()) wait(std::chrono::milliseconds(50));
    expire(now());
  }
  refreshed_ = now();
  refresh_next_ = places();
  return tally_.connects == places();
}

UdpSession::Asked& UdpSession::remember(RequestKind kind, uint32_t subject,
                                        MonotonicTime intended) {
  Asked& asked = ring_[next_ % kRing];
  asked = {intended, next_++, subject, kind, Event::none};
  ++in_flight_;
  ++tally_.sent;
  return asked;
}

void UdpSession::queue(uint32_t place, ByteView request) {
  if (place == population_.sources()) return port6_->queue(0, request);
  port4_->queue(Population::source_address(place), request);
}

void UdpSession::send_connect(uint32_t place, MonotonicTime intended) {
  std::array<uint8_t, kUdpConnectSize> bytes;
  ByteWriter writer(bytes);
  write_connect(writer, remember(RequestKind::connect, place, intended).transaction);
  queue(place, writer.written());
}

void UdpSession::send_announce(uint32_t peer, Event event, MonotonicTime intended) {
  std::array<uint8_t, kUdpAnnounceSize> bytes;
  ByteWriter writer(bytes);
  Asked& asked = remember(RequestKind::announce, peer, intended);
  asked.event = event;
  const uint32_t place = place_of(peer);
  write_announce(writer, population_,
                 {ids_[place], asked.transaction, peer, options_.numwant, event});
  queue(place, writer.written());
}

void UdpSession::send_scrape(MonotonicTime intended) {
  std::array<uint8_t, UdpPort::kMaxRequest> bytes;
  ByteWriter writer(bytes);
  const uint32_t place = place_of(any_peer());
  write_scrape_head(writer, ids_[place],
                    remember(RequestKind::scrape, place, intended).transaction);
  for (uint32_t i = 0; i < options_.scrape_hashes; ++i)
    writer.write(ByteView(population_.info_hash(population_.torrent_of(any_peer())).bytes));
  queue(place, writer.written());
}

void UdpSession::send_forged() {
  std::array<uint8_t, kUdpAnnounceSize> bytes;
  ByteWriter writer(bytes);
  const uint32_t peer = any_peer();
  Asked& asked = remember(RequestKind::forged, peer, now());
  write_announce(writer, population_,
                 {kForgedId ^ random_.next(), asked.transaction, peer, options_.numwant, {}});
  ++tally_.forged;
  --in_flight_;  // no answer is expected
  queue(place_of(peer), writer.written());
}

void UdpSession::send_malformed() {
  std::array<uint8_t, 256> bytes;
  for (uint8_t& byte : bytes) byte = static_cast<uint8_t>(random_.next());
  ++tally_.forged;
  queue(place_of(any_peer()), ByteView(bytes).first(random_.below(bytes.size())));
}

bool UdpSession::happens(double share) {
  return share > 0 && static_cast<double>(random_.next() >> 11U) * 0x1p-53 < share;
}

Event UdpSession::any_event() {
  if (happens(options_.started_share)) return Event::started;
  if (happens(options_.completed_share)) return Event::completed;
  if (happens(options_.stopped_share)) return Event::stopped;
  return Event::none;
}

// Sends the next connect of this minute's round between other requests; false if none is due.
bool UdpSession::refresh_ids(MonotonicTime now) {
  if (refresh_next_ == places()) {
    if (now - refreshed_ < kIdLife) return false;
    refresh_next_ = 0;
    refreshed_ = now;
  }
  send_connect(refresh_next_++, now);
  return true;
}

void UdpSession::send_mix(MonotonicTime intended) {
  if (++mixed_ % 16 == 0 && refresh_ids(intended)) return;
  if (happens(options_.forged_share)) send_forged();
  if (happens(options_.malformed_share)) send_malformed();
  if (happens(options_.scrape_share)) return send_scrape(intended);
  if (happens(options_.connect_share)) return send_connect(place_of(any_peer()), intended);
  send_announce(any_peer(), any_event(), intended);
}

void UdpSession::flush() {
  port4_->flush();
  if (port6_) port6_->flush();
}

bool UdpSession::receive() {
  const MonotonicTime arrived = now();
  const auto sink = [&](ByteView reply) { on_reply(reply, arrived); };
  const size_t count = port4_->receive(sink) + (port6_ ? port6_->receive(sink) : 0);
  return count > 0;
}

void UdpSession::wait(Duration longest) const {
  // With two sockets, a short sleep on the first is enough.
  const Duration nap =
      port6_ ? std::min<Duration>(longest, std::chrono::microseconds(200)) : longest;
  port4_->wait(nap);
}

void UdpSession::on_reply(ByteView reply, MonotonicTime now) {
  ByteReader reader(reply);
  const auto action = reader.read<uint32_t>();
  const auto transaction = reader.read<uint32_t>();
  Asked& asked = ring_[transaction % kRing];
  if (reader.failed()) return tally_.fault("a reply shorter than 8 bytes");
  const uint32_t back = next_ - transaction;
  if (back > next_ - oldest_ && back < UINT32_MAX / 2) {
    ++tally_.late;
    return;
  }
  if (asked.kind == RequestKind::none || asked.transaction != transaction)
    return tally_.fault("an unknown transaction, or a second reply to one");
  if (action == kActionError) {
    on_error(asked, reply.size());
    return settle(asked, now);
  }
  if (asked.kind == RequestKind::forged) {
    tally_.fault("an answer to an invalid connection id");
    return settle(asked, now);
  }
  if (action != action_of(asked.kind)) tally_.fault("a reply of the wrong kind");
  ++tally_.replies;
  if (asked.kind == RequestKind::connect) {
    ++tally_.connects;
    ids_[asked.subject] = reader.read<uint64_t>();
    if (reply.size() != 16) tally_.fault("a connect reply that is not 16 bytes long");
  } else if (asked.kind == RequestKind::scrape) {
    ++tally_.scrapes;
    const size_t expected = 8 + kScrapeEntry * options_.scrape_hashes;
    if (options_.verify == Verify::strict && reply.size() != expected)
      tally_.fault("a scrape reply of the wrong size");
  } else {
    on_announce(asked, reply);
  }
  settle(asked, now);
}

void UdpSession::on_error(const Asked& asked, size_t size) {
  if (asked.kind == RequestKind::forged) {
    ++tally_.refused;
    if (size > kUdpAnnounceSize) tally_.fault("more bytes than an unproven address sent");
    return;
  }
  ++tally_.errors;
  if (tally_.first_fault.empty()) tally_.first_fault = "an error packet";
}

void UdpSession::on_announce(const Asked& asked, ByteView reply) {
  ++tally_.announces;
  const size_t peer_size = population_.is_ipv6(asked.subject) ? kCompactPeer6 : kCompactPeer4;
  if (reply.size() > 20) tally_.peers += (reply.size() - 20) / peer_size;
  if (options_.verify == Verify::none) return;
  const bool thorough = tally_.announces % options_.verify_every == 0;
  const AskedAnnounce announce{asked.subject, options_.numwant, asked.event == Event::stopped};
  if (const char* fault = find_fault(population_, announce, reply, options_.verify, thorough))
    tally_.fault(fault);
}

void UdpSession::settle(Asked& asked, MonotonicTime now) {
  if (asked.kind != RequestKind::forged) {
    --in_flight_;
    tally_.latency.add(now - asked.intended);
  }
  asked.kind = RequestKind::none;
}

void UdpSession::expire(MonotonicTime now) {
  for (; oldest_ != next_; ++oldest_) {
    Asked& asked = ring_[oldest_ % kRing];
    if (asked.kind == RequestKind::none) continue;
    if (now - asked.intended < kPatience) return;
    if (asked.kind == RequestKind::announce) lost_peers_.push_back(asked.subject);
    if (asked.kind != RequestKind::forged) {
      ++tally_.lost;
      --in_flight_;
    }
    asked.kind = RequestKind::none;
  }
}

}  // namespace ot::bench
