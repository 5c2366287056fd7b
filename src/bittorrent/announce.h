// The values that pass between codecs, tracker and table: an announce, its reply, the counts of a
// swarm.
//
// Sources: BEP 3 (HTTP), BEP 15 (UDP), BEP 7 (IPv6), BEP 21 (paused), BEP 23 (compact), BEP 24
// (external ip), BEP 48 (scrape).
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <span>

#include "base/ip_address.h"
#include "bittorrent/info_hash.h"

namespace ot {

// How a request came: HTTP runs over TCP, BEP 15 over UDP.
enum class Transport : uint8_t { tcp, udp };

// The numbers are BEP 15's, and 4 is what libtorrent sends for BEP 21. Any other number on the wire
// means none.
enum class AnnounceEvent : uint8_t {
  none = 0,
  completed = 1,
  started = 2,
  stopped = 3,
  paused = 4
};

// Bytes of a peer in a compact reply: address and port in network order.
inline constexpr size_t kCompactPeer4 = 6;
inline constexpr size_t kCompactPeer6 = 18;

struct AnnounceRequest {
  InfoHash info_hash;
  // Where other peers connect to it. The port is 0 only with event stopped.
  Endpoint peer;
  AnnounceEvent event = AnnounceEvent::none;
  // left == 0. A paused peer counts as a leecher all the same.
  bool seeding = false;
  // As the client asks, not yet limited to the tracker's maximum; absent: the tracker's default.
  std::optional<uint32_t> numwant;
};

// The counts of a swarm, both address families together.
struct SwarmCounts {
  uint32_t seeders = 0;     // "complete"
  uint32_t leechers = 0;    // "incomplete"
  uint32_t downloaded = 0;  // completed downloads, once per peer

  friend constexpr bool operator==(const SwarmCounts&, const SwarmCounts&) = default;
};

// Where compact peers are written. A span too small for numwant peers limits the reply; an empty
// one excludes that family. UDP gives room only for the family of the packet (BEP 15), HTTP for
// both (BEP 7).
struct PeerBuffers {
  std::span<uint8_t> v4;
  std::span<uint8_t> v6;
};

// What an announce did to its peer.
enum class PeerChange : uint8_t {
  unknown,  // a stopped peer that was not stored
  added,
  renewed,
  removed,
  refused,  // answered but not stored: a limit was reached, or there was no memory
  martian,  // answered as if it were stored, but no peer can have its address
};

struct AnnounceOutcome {
  SwarmCounts swarm;
  // Bytes of PeerBuffers that the peers need.
  size_t v4_bytes = 0;
  size_t v6_bytes = 0;
  PeerChange change = PeerChange::unknown;
  // Whether this announce completed a download that was not counted before.
  bool completed = false;
  // If renewed: minutes since the peer's last announce.
  uint8_t minutes_silent = 0;
};

struct AnnounceReply {
  SwarmCounts swarm;
  // Bytes written to PeerBuffers, multiples of kCompactPeer4 and kCompactPeer6; leechers come
  // before seeders.
  size_t v4_bytes = 0;
  size_t v6_bytes = 0;
  std::chrono::seconds interval{0};
  std::chrono::seconds min_interval{0};
};

}  // namespace ot
