// The datagrams of the UDP tracker protocol: requests parsed, replies written.
//
// Pure functions over spans: nothing is allocated, nothing is kept, no clock, no addresses but the
// one passed in. Views in a parsed request point into the datagram. Whether a connection id is good
// is not known here (connection_id.h), nor what a client may have.
// Sources: BEP 15 (packets), BEP 41 (what follows an announce), BEP 21 (event 4, paused).
#pragma once

#include <array>
#include <chrono>
#include <cstdint>
#include <optional>
#include <string_view>
#include <variant>

#include "base/bytes.h"
#include "base/ip_address.h"
#include "base/result.h"
#include "bittorrent/announce.h"
#include "bittorrent/info_hash.h"

namespace ot {

// Shorter datagrams carry no transaction to answer.
inline constexpr size_t kUdpMinRequest = 16;
inline constexpr size_t kUdpAnnounceRequest = 98;
inline constexpr size_t kUdpMaxScrapeHashes = 74;

inline constexpr size_t kUdpConnectReply = 16;
inline constexpr size_t kUdpAnnounceHeader = 20;
inline constexpr size_t kUdpScrapeHeader = 8;
inline constexpr size_t kUdpScrapeEntry = 12;
inline constexpr size_t kUdpErrorHeader = 8;

// What a client with a wrong connection id is told; deployed clients know this spelling and the
// NUL.
inline constexpr std::string_view kConnectionIdMismatch{"Connection ID missmatch.\0", 25};

// Echoed in the reply.
using TransactionId = uint32_t;

struct UdpConnect {
  TransactionId transaction = 0;
};

struct UdpAnnounce {
  uint64_t connection_id = 0;
  TransactionId transaction = 0;
  // peer.address is the source.
  AnnounceRequest request;
  // BEP 15's "IP address" field, 0 for none; the caller decides whether it counts.
  uint32_t claimed_ip = 0;
  // What follows the fixed part (BEP 41), unchecked.
  ByteView options;

  // claimed_ip as an address; nothing if it is 0 or the packet came over IPv6.
  [[nodiscard]] std::optional<IpAddress> claimed_address() const;
};

struct UdpScrape {
  uint64_t connection_id = 0;
  TransactionId transaction = 0;
  // 1 to kUdpMaxScrapeHashes info_hashes, one behind the other.
  ByteView hashes;

  [[nodiscard]] size_t size() const { return hashes.size() / InfoHash::kSize; }
  // i < size()
  [[nodiscard]] InfoHash operator[](size_t i) const;
};

using UdpRequest = std::variant<UdpConnect, UdpAnnounce, UdpScrape>;

enum class UdpFault : uint8_t {
  // Not this protocol, or nothing that could be answered: silence.
  drop,
  // The rest are answered with an error packet once the connection id proves good.
  short_announce,
  zero_port,
  empty_scrape,
  partial_info_hash,
};

// Why there is no request. The ids are 0 with `drop`.
struct UdpError {
  UdpFault fault = UdpFault::drop;
  TransactionId transaction = 0;
  uint64_t connection_id = 0;
};

// The text for an error packet; empty for `drop`.
[[nodiscard]] std::string_view describe(UdpFault fault);

// Parses one datagram that came from `source` into `request`, whose value counts only if there is
// no error; in place, since a copy of what was just written stalls the processor. Bytes behind a
// connect are ignored, those behind an announce are its options, info_hashes beyond the 74th are
// not looked at. Events other than 0 to 4 are none; a negative numwant is absent; port 0 is taken
// only with event stopped.
[[nodiscard]] Result<void, UdpError> parse_udp_request(ByteView datagram, const IpAddress& source,
                                                       UdpRequest& request);

// Joins the URLData options (BEP 41: the path and query of the announce URL) into `out` and returns
// the size, at most out.size(); what does not fit, unknown options and what follows a broken one
// are left out.
[[nodiscard]] size_t join_url_data(ByteView options, ByteSpan out);

// 16 bytes.
void write_connect_reply(ByteWriter& out, TransactionId transaction, uint64_t connection_id);

// The 20 bytes in front of the compact peers; reserve kUdpAnnounceHeader and let the peers be
// written behind them first.
void write_announce_header(ByteWriter& out, TransactionId transaction, const AnnounceReply& reply);

// 8 bytes, then 12 for each info_hash in the order asked.
void write_scrape_header(ByteWriter& out, TransactionId transaction);
void write_scrape_entry(ByteWriter& out, const SwarmCounts& swarm);

// 8 bytes and the text as it is, without a NUL of ours.
void write_error(ByteWriter& out, TransactionId transaction, std::string_view text);

}  // namespace ot
