// The datagrams of the UDP tracker protocol: parses requests and writes replies.
//
// Pure functions over spans: no allocation, no state, no clock. Views in a parsed request point
// into the datagram. Connection ids are checked elsewhere (connection_id.h), as are the client's
// rights. Sources: BEP 15 (packets), BEP 41 (what follows an announce), BEP 21 (event 4, paused).
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

// A shorter datagram has no transaction id to answer.
inline constexpr size_t kUdpMinRequest = 16;
inline constexpr size_t kUdpAnnounceRequest = 98;
inline constexpr size_t kUdpMaxScrapeHashes = 74;

inline constexpr size_t kUdpConnectReply = 16;
inline constexpr size_t kUdpAnnounceHeader = 20;
inline constexpr size_t kUdpScrapeHeader = 8;
inline constexpr size_t kUdpScrapeEntry = 12;
inline constexpr size_t kUdpErrorHeader = 8;

// The error for a wrong connection id. Deployed clients compare it with this spelling and the NUL.
inline constexpr std::string_view kConnectionIdMismatch{"Connection ID missmatch.\0", 25};

// Chosen by the client; the reply repeats it.
using TransactionId = uint32_t;

struct UdpConnect {
  TransactionId transaction = 0;
};

struct UdpAnnounce {
  uint64_t connection_id = 0;
  TransactionId transaction = 0;
  // peer.address is the source address of the datagram.
  AnnounceRequest request;
  // BEP 15's "IP address" field, 0 if not given; the caller decides whether to believe it.
  uint32_t claimed_ip = 0;
  // What follows the fixed part (BEP 41), not checked.
  ByteView options;

  // claimed_ip as an address; nothing if it is 0 or the datagram came over IPv6.
  [[nodiscard]] std::optional<IpAddress> claimed_address() const;
};

struct UdpScrape {
  uint64_t connection_id = 0;
  TransactionId transaction = 0;
  // 1 to kUdpMaxScrapeHashes info_hashes without gaps.
  ByteView hashes;

  [[nodiscard]] size_t size() const { return hashes.size() / InfoHash::kSize; }
  // i < size()
  [[nodiscard]] InfoHash operator[](size_t i) const;
};

using UdpRequest = std::variant<UdpConnect, UdpAnnounce, UdpScrape>;

enum class UdpFault : uint8_t {
  // Not this protocol, or impossible to answer: send nothing.
  drop,
  // Answer the others with an error packet if the connection id is valid.
  short_announce,
  zero_port,
  empty_scrape,
  partial_info_hash,
};

// Why a datagram is not a request. With `drop` the ids are 0.
struct UdpError {
  UdpFault fault = UdpFault::drop;
  TransactionId transaction = 0;
  uint64_t connection_id = 0;
};

// The text of the error packet; empty for `drop`.
[[nodiscard]] std::string_view describe(UdpFault fault);

// Parses a datagram from `source` into `request`, whose value is unspecified after an error. It
// parses in place because copying what was written just before stalls the processor. Bytes after a
// connect are ignored, bytes after an announce are its options, and whatever follows the 74th
// info_hash of a scrape is ignored, a partial one too. Events other than 0 to 4 count as none, a
// negative numwant as absent; port 0 is accepted only with event stopped.
[[nodiscard]] Result<void, UdpError> parse_udp_request(ByteView datagram, const IpAddress& source,
                                                       UdpRequest& request);

// Joins the URLData options (BEP 41: path and query of the announce URL) in `out` and returns their
// size, at most out.size(). Skips unknown options, stops at a malformed one, and drops what does
// not fit.
[[nodiscard]] size_t join_url_data(ByteView options, ByteSpan out);

// 16 bytes.
void write_connect_reply(ByteWriter& out, TransactionId transaction, uint64_t connection_id);

// The kUdpAnnounceHeader bytes before the compact peers, which are usually written first.
void write_announce_header(ByteWriter& out, TransactionId transaction, const AnnounceReply& reply);

// 8 bytes, then 12 for each info_hash in the order of the request.
void write_scrape_header(ByteWriter& out, TransactionId transaction);
void write_scrape_entry(ByteWriter& out, const SwarmCounts& swarm);

// 8 bytes and the text; no NUL is added.
void write_error(ByteWriter& out, TransactionId transaction, std::string_view text);

}  // namespace ot
