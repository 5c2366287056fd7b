#include "protocol/udp_packet.h"

#include <algorithm>
#include <cassert>

namespace ot {
namespace {

constexpr uint64_t kProtocolMagic = 0x41727101980;

enum Action : uint32_t { kConnect = 0, kAnnounce = 1, kScrape = 2, kError = 3 };

// BEP 41: a length byte follows every type but the first two.
enum Option : uint8_t { kEndOfOptions = 0, kNop = 1, kUrlData = 2 };

struct Header {
  uint64_t connection_id;
  uint32_t action;
  TransactionId transaction;
};

using Parsed = Result<void, UdpError>;

Parsed refuse(UdpFault fault, const Header& header) {
  return Unexpected(UdpError{fault, header.transaction, header.connection_id});
}

Parsed drop() { return Unexpected(UdpError{}); }

AnnounceEvent to_event(uint32_t wire) {
  return wire <= static_cast<uint32_t>(AnnounceEvent::paused) ? static_cast<AnnounceEvent>(wire)
                                                              : AnnounceEvent::none;
}

std::optional<uint32_t> to_numwant(uint32_t wire) {
  if (wire > static_cast<uint32_t>(INT32_MAX)) return std::nullopt;  // negative: no preference
  return wire;
}

Parsed parse_announce(const Header& header, ByteReader in, const IpAddress& source,
                      UdpAnnounce& announce) {
  constexpr size_t kPeerId = 20;
  announce.connection_id = header.connection_id;
  announce.transaction = header.transaction;
  AnnounceRequest& request = announce.request;
  in.read_into(request.info_hash.bytes);
  in.skip(kPeerId + sizeof(uint64_t));  // downloaded
  request.seeding = in.read<uint64_t>() == 0;
  in.skip(sizeof(uint64_t));  // uploaded
  request.event = to_event(in.read<uint32_t>());
  announce.claimed_ip = in.read<uint32_t>();
  in.skip(sizeof(uint32_t));  // key
  request.numwant = to_numwant(in.read<uint32_t>());
  request.peer = {source, in.read<uint16_t>()};
  announce.options = in.rest();
  if (in.failed()) return refuse(UdpFault::short_announce, header);
  if (request.peer.port == 0 && request.event != AnnounceEvent::stopped)
    return refuse(UdpFault::zero_port, header);
  return {};
}

Parsed parse_scrape(const Header& header, ByteView hashes, UdpScrape& scrape) {
  if (hashes.empty()) return refuse(UdpFault::empty_scrape, header);
  // The datagram may have been cut where the buffer ends.
  const size_t size = std::min(hashes.size(), kUdpMaxScrapeHashes * InfoHash::kSize);
  if (size % InfoHash::kSize != 0) return refuse(UdpFault::partial_info_hash, header);
  scrape = {header.connection_id, header.transaction, hashes.first(size)};
  return {};
}

}  // namespace

std::optional<IpAddress> UdpAnnounce::claimed_address() const {
  if (claimed_ip == 0 || !request.peer.address.is_v4()) return std::nullopt;
  std::array<uint8_t, 4> bytes{};
  ByteWriter(bytes).write(claimed_ip);
  return IpAddress::v4(bytes);
}

InfoHash UdpScrape::operator[](size_t i) const {
  assert(i < size());
  InfoHash hash;
  std::ranges::copy(hashes.subspan(i * InfoHash::kSize, InfoHash::kSize), hash.bytes.begin());
  return hash;
}

std::string_view describe(UdpFault fault) {
  switch (fault) {
    case UdpFault::drop:
      return {};
    case UdpFault::short_announce:
      return "Announce is too short.";
    case UdpFault::zero_port:
      return "Port must not be 0.";
    case UdpFault::empty_scrape:
      return "Scrape names no info_hash.";
    case UdpFault::partial_info_hash:
      return "Scrape ends inside an info_hash.";
  }
  return {};
}

Parsed parse_udp_request(ByteView datagram, const IpAddress& source, UdpRequest& request) {
  ByteReader in(datagram);
  Header header{};
  header.connection_id = in.read<uint64_t>();
  header.action = in.read<uint32_t>();
  header.transaction = in.read<uint32_t>();
  if (in.failed()) return drop();
  switch (header.action) {
    case kConnect:
      if (header.connection_id != kProtocolMagic) return drop();
      request = UdpConnect{header.transaction};
      return {};
    case kAnnounce:
      return parse_announce(header, in, source, request.emplace<UdpAnnounce>());
    case kScrape:
      return parse_scrape(header, in.rest(), request.emplace<UdpScrape>());
    default:
      return drop();
  }
}

size_t join_url_data(ByteView options, ByteSpan out) {
  ByteReader in(options);
  ByteWriter url(out);
  while (!in.rest().empty()) {
    const auto option = in.read<uint8_t>();
    if (option == kEndOfOptions) break;
    if (option == kNop) continue;
    const auto length = in.read<uint8_t>();
    const ByteView value = in.take(length);
    if (in.failed()) break;
    if (option == kUrlData) url.write(value.first(std::min(value.size(), url.room())));
  }
  return url.size();
}

void write_connect_reply(ByteWriter& out, TransactionId transaction, uint64_t connection_id) {
  out.write<uint32_t>(kConnect);
  out.write(transaction);
  out.write(connection_id);
}

void write_announce_header(ByteWriter& out, TransactionId transaction, const AnnounceReply& reply) {
  out.write<uint32_t>(kAnnounce);
  out.write(transaction);
  out.write(static_cast<uint32_t>(reply.interval.count()));
  out.write(reply.swarm.leechers);
  out.write(reply.swarm.seeders);
}

void write_scrape_header(ByteWriter& out, TransactionId transaction) {
  out.write<uint32_t>(kScrape);
  out.write(transaction);
}

void write_scrape_entry(ByteWriter& out, const SwarmCounts& swarm) {
  out.write(swarm.seeders);
  out.write(swarm.downloaded);
  out.write(swarm.leechers);
}

void write_error(ByteWriter& out, TransactionId transaction, std::string_view text) {
  out.write<uint32_t>(kError);
  out.write(transaction);
  out.text(text);
}

}  // namespace ot
