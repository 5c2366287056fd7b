// Requests of the UDP tracker protocol as clients send them (BEP 15), field by field.
#pragma once

#include <string_view>
#include <vector>

#include "base/bytes.h"
#include "bittorrent/announce.h"
#include "protocol/udp_packet.h"

namespace ot {

using Bytes = std::vector<uint8_t>;

inline constexpr uint64_t kUdpMagic = 0x41727101980;

enum UdpAction : uint32_t { kUdpConnect, kUdpAnnounce, kUdpScrape, kUdpError };

class DatagramBuilder {
 public:
  template <std::unsigned_integral T>
  DatagramBuilder& add(T value) {
    Bytes field(sizeof(T));
    ByteWriter(field).write(value);
    return add(ByteView(field));
  }
  DatagramBuilder& add(ByteView bytes) {
    bytes_.insert(bytes_.end(), bytes.begin(), bytes.end());
    return *this;
  }
  [[nodiscard]] Bytes take() { return std::move(bytes_); }

 private:
  Bytes bytes_;
};

inline DatagramBuilder udp_header(uint64_t id, uint32_t action, TransactionId transaction) {
  DatagramBuilder datagram;
  datagram.add(id).add(action).add(transaction);
  return datagram;
}

inline Bytes udp_connect(TransactionId transaction) {
  return udp_header(kUdpMagic, kUdpConnect, transaction).take();
}

struct UdpAnnounceFields {
  InfoHash info_hash{};
  uint64_t left = 1;
  AnnounceEvent event = AnnounceEvent::none;
  uint32_t numwant = UINT32_MAX;  // -1: the tracker's default
  uint16_t port = 6881;
  uint32_t ip = 0;  // 0: the source's
};

inline Bytes udp_announce(uint64_t id, TransactionId transaction, const UdpAnnounceFields& fields) {
  return udp_header(id, kUdpAnnounce, transaction)
      .add(ByteView(fields.info_hash.bytes))
      .add(as_bytes("-XX0000-peer-id-here"))
      .add(uint64_t{0})
      .add(fields.left)
      .add(uint64_t{0})
      .add(static_cast<uint32_t>(fields.event))
      .add(fields.ip)
      .add(uint32_t{0x4b455921})
      .add(fields.numwant)
      .add(fields.port)
      .take();
}

inline Bytes udp_scrape(uint64_t id, TransactionId transaction,
                        const std::vector<InfoHash>& hashes) {
  DatagramBuilder datagram = udp_header(id, kUdpScrape, transaction);
  for (const InfoHash& hash : hashes) datagram.add(ByteView(hash.bytes));
  return datagram.take();
}

// A torrent's name made from a number; the numbers spread over all shards.
inline InfoHash numbered_hash(uint32_t number) {
  InfoHash hash;
  ByteWriter writer(hash.bytes);
  writer.write(number * 2654435761U);
  writer.write(number);
  return hash;
}

inline Endpoint endpoint(std::string_view text) { return Endpoint::parse(text, 6881).value(); }

}  // namespace ot
