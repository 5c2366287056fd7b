#include "frontend/udp.h"

#include <algorithm>
#include <cassert>

#include "base/features.h"
#include "protocol/tracker_reply.h"
#include "traffic/traffic_log.h"

namespace ot {
namespace {

void log_datagram([[maybe_unused]] TrafficLog* traffic, [[maybe_unused]] const Datagram& datagram) {
  if constexpr (features::kLogNetworks) {
    if (traffic != nullptr) traffic->record_contact(datagram.source.address);
  }
  if constexpr (features::kFullLogNetworks) {
    if (traffic != nullptr)
      traffic->record_request(Transport::udp, datagram.source, datagram.payload);
  }
}

std::optional<ClaimedAddress> claim_of(const UdpAnnounce& announce) {
  const auto address = announce.claimed_address();
  if (!address) return std::nullopt;
  return ClaimedAddress{*address, "The ip field"};
}

}  // namespace

UdpFrontend::UdpFrontend(const EventLoop& loop, Tracker& tracker, const ConnectionIds& ids,
                         Statistics& statistics, const AddressRules& addresses,
                         const UdpLimits& limits)
    : loop_(loop),
      tracker_(tracker),
      ids_(ids),
      statistics_(statistics),
      addresses_(addresses),
      limits_(limits),
      mismatches_(limits.mismatches_per_second) {
  for ([[maybe_unused]] const size_t size : {limits.udp_payload_v4, limits.udp_payload_v6})
    assert(size >= 64 && size <= UdpServer::kMaxDatagram);
}

void UdpFrontend::on_batch(std::span<const Datagram> in, std::span<UdpReply> out) {
  assert(in.size() == out.size() && in.size() <= pending_.size());
  for (size_t i = 0; i < in.size(); ++i) pending_[i].good = admit(in[i], pending_[i], out[i]);
  for (Pending& pending : std::span(pending_).first(in.size())) {
    const auto* announce = std::get_if<UdpAnnounce>(&pending.request);
    if (pending.good && announce != nullptr) tracker_.prefetch(announce->request, pending.target);
  }
  for (size_t i = 0; i < in.size(); ++i) {
    const Pending& pending = pending_[i];
    if (!pending.good) continue;
    std::visit([&](const auto& request) { serve(request, pending, in[i], out[i]); },
               pending.request);
  }
  tracker_.finish();
}

bool UdpFrontend::admit(const Datagram& datagram, Pending& pending, UdpReply& reply) {
  record(datagram, Action::contact);
  if (addresses_.deny.contains(datagram.source.address)) {
    statistics_.record_denied(Transport::udp);
    return false;
  }
  log_datagram(statistics_.traffic(), datagram);
  const auto parsed = parse_udp_request(datagram.payload, datagram.source.address, pending.request);
  if (!parsed) {
    refuse(datagram, parsed.error(), reply);
    return false;
  }
  if (const auto* announce = std::get_if<UdpAnnounce>(&pending.request)) {
    if (!is_proven(announce->connection_id, announce->transaction, datagram, reply)) return false;
    pending.target = tracker_.prepare(announce->request.info_hash);
  } else if (const auto* scrape = std::get_if<UdpScrape>(&pending.request)) {
    return is_proven(scrape->connection_id, scrape->transaction, datagram, reply);
  }
  return true;
}

bool UdpFrontend::is_proven(uint64_t connection_id, TransactionId transaction,
                            const Datagram& datagram, UdpReply& reply) {
  if (ids_.accepts(connection_id, datagram.source.address, loop_.now())) return true;
  record(datagram, Action::mismatch);
  const size_t answer = kUdpErrorHeader + kConnectionIdMismatch.size();
  if (datagram.payload.size() < answer || !mismatches_.allow(loop_.now())) return false;
  ByteWriter writer(reply.buffer);
  write_error(writer, transaction, kConnectionIdMismatch);
  reply.size = writer.size();
  return false;
}

void UdpFrontend::refuse(const Datagram& datagram, const UdpError& error, UdpReply& reply) {
  if (error.fault == UdpFault::drop) return;
  if (!is_proven(error.connection_id, error.transaction, datagram, reply)) return;
  write_failure(error.transaction, describe(error.fault), datagram, reply);
}

void UdpFrontend::write_failure(TransactionId transaction, std::string_view text,
                                const Datagram& datagram, UdpReply& reply) {
  record(datagram, Action::refused);
  ByteWriter writer(reply.buffer);
  write_error(writer, transaction, text);
  reply.size = writer.size();
}

void UdpFrontend::serve(const UdpConnect& connect, const Pending&, const Datagram& datagram,
                        UdpReply& reply) {
  record(datagram, Action::connect);
  ByteWriter writer(reply.buffer);
  write_connect_reply(writer, connect.transaction,
                      ids_.issue(datagram.source.address, loop_.now()));
  reply.size = writer.size();
}

std::optional<AnnounceRequest> UdpFrontend::relocate(const UdpAnnounce& announce,
                                                     const Datagram& datagram, UdpReply& reply) {
  const ClientAddress client =
      decide_client_address(addresses_, {datagram.source.address, std::nullopt, std::nullopt},
                            [&announce] { return claim_of(announce); });
  if (client.refusal) {
    RefusalText text;
    write_failure(announce.transaction, describe(client, text), datagram, reply);
    return std::nullopt;
  }
  if (addresses_.deny.contains(client.announced)) {
    statistics_.record_denied(Transport::udp);
    return std::nullopt;
  }
  AnnounceRequest request = announce.request;
  request.peer.address = client.announced;
  return request;
}

void UdpFrontend::serve(const UdpAnnounce& announce, const Pending& pending,
                        const Datagram& datagram, UdpReply& reply) {
  if (addresses_.ip_from_query.empty())
    return answer(announce.transaction, announce.request, pending, datagram, reply);
  if (const auto request = relocate(announce, datagram, reply))
    answer(announce.transaction, *request, pending, datagram, reply);
}

void UdpFrontend::answer(TransactionId transaction, const AnnounceRequest& request,
                         const Pending& pending, const Datagram& datagram, UdpReply& reply) {
  const bool v4 = datagram.source.address.is_v4();
  const ByteSpan room = reply.buffer.first(max_reply(datagram)).subspan(kUdpAnnounceHeader);
  const PeerBuffers peers = v4 ? PeerBuffers{room, {}} : PeerBuffers{{}, room};
  const auto announced = tracker_.announce_ahead(request, pending.target, loop_.now(), peers);
  if (!announced) return reject(transaction, datagram, reply);
  record(datagram, Action::announce);
  ByteWriter writer(reply.buffer);
  write_announce_header(writer, transaction, *announced);
  reply.size = writer.size() + announced->v4_bytes + announced->v6_bytes;
}

void UdpFrontend::reject(TransactionId transaction, const Datagram& datagram, UdpReply& reply) {
  const std::chrono::seconds interval = limits_.udp_reject_interval;
  if (interval.count() == 0) return write_failure(transaction, kNotAuthorized, datagram, reply);
  record(datagram, Action::refused);
  AnnounceReply nobody;
  nobody.interval = interval;
  ByteWriter writer(reply.buffer);
  write_announce_header(writer, transaction, nobody);
  reply.size = writer.size();
}

void UdpFrontend::serve(const UdpScrape& scrape, const Pending&, const Datagram& datagram,
                        UdpReply& reply) {
  record(datagram, Action::scrape);
  ByteWriter writer(reply.buffer);
  write_scrape_header(writer, scrape.transaction);
  const size_t fitting = (max_reply(datagram) - kUdpScrapeHeader) / kUdpScrapeEntry;
  for (size_t i = 0; i < std::min(scrape.size(), fitting); ++i) {
    write_scrape_entry(writer, tracker_.scrape(scrape[i], loop_.now()));
  }
  reply.size = writer.size();
}

}  // namespace ot
