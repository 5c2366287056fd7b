// One peer as the table stores it: its compact wire form, flags, and the minute it was last heard
// of.
//
// 8 bytes for IPv4, 20 for IPv6, no padding, so that a reply is packed straight from the arrays.
#pragma once

#include <algorithm>
#include <array>
#include <cassert>
#include <cstdint>

#include "base/clock.h"
#include "bittorrent/announce.h"

namespace ot {

// The values are those of the wire format of live sync.
inline constexpr uint8_t kPeerSeeding = 0x80;
inline constexpr uint8_t kPeerCompleted = 0x40;

template <size_t kCompactSize>
struct PeerRecord {
  static constexpr size_t kCompact = kCompactSize;

  // Address and port in network order: the peer's key, and its bytes in a compact reply.
  std::array<uint8_t, kCompactSize> endpoint;
  uint8_t flags;
  // Minutes of the monotonic clock modulo 256.
  uint8_t minute;

  [[nodiscard]] bool is_completed() const { return (flags & kPeerCompleted) != 0; }
};

using Peer4 = PeerRecord<kCompactPeer4>;
using Peer6 = PeerRecord<kCompactPeer6>;
static_assert(sizeof(Peer4) == 8 && sizeof(Peer6) == 20);

// Minutes of the monotonic clock. Stored modulo 256 in peers and modulo 65536 in torrents.
using Minute = uint32_t;

[[nodiscard]] constexpr Minute minute_of(MonotonicTime time) {
  return static_cast<Minute>(
      std::chrono::floor<std::chrono::minutes>(time.time_since_epoch()).count());
}

// Age in minutes of a stamp taken modulo 256; right for ages up to 254. A stamp that looks 255
// minutes old is from another thread whose clock had just passed the minute, and counts as new.
[[nodiscard]] constexpr unsigned age_of(uint8_t stamp, Minute now) {
  const auto age = static_cast<uint8_t>(now - stamp);
  return age == UINT8_MAX ? 0 : age;
}

// The endpoint must be of the record's family.
template <typename Peer>
[[nodiscard]] Peer make_peer(const Endpoint& endpoint, uint8_t flags, Minute now) {
  Peer peer;
  const ByteView address = endpoint.address.bytes();
  assert(address.size() == Peer::kCompact - 2);
  std::copy_n(address.begin(), Peer::kCompact - 2, peer.endpoint.begin());
  peer.endpoint[Peer::kCompact - 2] = static_cast<uint8_t>(endpoint.port >> 8U);
  peer.endpoint[Peer::kCompact - 1] = static_cast<uint8_t>(endpoint.port);
  peer.flags = flags;
  peer.minute = static_cast<uint8_t>(now);
  return peer;
}

}  // namespace ot
