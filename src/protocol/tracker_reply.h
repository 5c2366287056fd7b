// The bencoded replies of an HTTP tracker, with their heads: announce, scrape and failure (BEP 3,
// 7, 23, 24, 31, 48).
//
// Each function builds a whole reply inside the caller's buffer and returns a view of it, or an
// empty view if the buffer is too small. No allocation.
#pragma once

#include <chrono>
#include <optional>
#include <span>
#include <string_view>

#include "base/ip_address.h"
#include "bittorrent/announce.h"
#include "protocol/http_message.h"
#include "protocol/http_reply.h"
#include "protocol/http_tracker.h"
#include "protocol/scrape_format.h"

namespace ot {

// Room for what precedes the compact IPv4 peers: the head and the keys up to "5:peers180:".
inline constexpr size_t kAnnounceHeadRoom = kReplyHeadRoom + 256;

// One announce reply, in two steps: the table fills peers(), then finish() writes the rest around
// them. In compact form IPv4 peers never move; IPv6 peers move once, to the place after them.
//
//   AnnounceReplyFrame frame(buffer, announce.form, max_peers);
//   const AnnounceReply reply = tracker.announce(announce.request, now, frame.peers());
//   const ByteView bytes = frame.finish(reply, client, persistence);
class AnnounceReplyFrame {
 public:
  // Bytes for max_peers peers of each family, in either form.
  [[nodiscard]] static constexpr size_t size_for(size_t max_peers) {
    return kAnnounceHeadRoom + kBetween +
           max_peers * (kTextPeer4 + kTextPeer6 + kCompactPeer4 + kCompactPeer6);
  }

  // `out` must have at least size_for(max_peers) bytes.
  AnnounceReplyFrame(ByteSpan out, PeerForm form, size_t max_peers);

  // Room for max_peers peers of each family, inside `out`.
  [[nodiscard]] const PeerBuffers& peers() const { return peers_; }

  // Builds the reply inside `out`; `reply` says how many bytes of peers() were filled. Only once,
  // because it moves the peers. `client` becomes "external ip".
  [[nodiscard]] ByteView finish(const AnnounceReply& reply, const IpAddress& client,
                                Persistence persistence);

 private:
  // Room for "6:peers6" with its length and for the closing "e".
  static constexpr size_t kBetween = 32;
  // "d2:ip15:255.255.255.2554:porti65535ee", and the same with an address of 39 bytes.
  static constexpr size_t kTextPeer4 = 37;
  static constexpr size_t kTextPeer6 = 61;

  [[nodiscard]] ByteView finish_compact(const AnnounceReply& reply, const IpAddress& client,
                                        Persistence persistence);
  [[nodiscard]] ByteView finish_dictionary(const AnnounceReply& reply, const IpAddress& client,
                                           Persistence persistence);

  ByteSpan out_;
  PeerForm form_;
  bool is_finished_ = false;
  PeerBuffers peers_;
};

// Room for kMaxScrapeHashes hashes.
inline constexpr size_t kMaxScrapeReply = kReplyHeadRoom + 16 + kMaxScrapeHashes * kMaxScrapeEntry;

// counts[i] belongs to hashes[i]; hashes must be sorted and unique.
[[nodiscard]] ByteView write_scrape_reply(ByteSpan out, std::span<const InfoHash> hashes,
                                          std::span<const SwarmCounts> counts,
                                          Persistence persistence);

// The failure reason for a torrent that the access list refuses, over UDP as well.
inline constexpr std::string_view kNotAuthorized =
    "Requested download is not authorized for use with this tracker.";

struct FailureReply {
  std::string_view reason;
  std::chrono::seconds interval{0};
  // When to retry (BEP 31); absent: never, for which some clients remove the tracker for good.
  std::optional<std::chrono::minutes> retry_in = std::nullopt;
};

// Room for a reason of 256 bytes.
inline constexpr size_t kMaxFailureReply = kReplyHeadRoom + 384;

[[nodiscard]] ByteView write_failure_reply(ByteSpan out, const FailureReply& failure,
                                           Persistence persistence);

}  // namespace ot
