// Peers, endpoints and torrents by number, for the tests of this room.
#pragma once

#include <type_traits>

#include "swarm/peers/peer.h"

namespace ot {

inline Endpoint endpoint4(uint32_t number) {
  const std::array<uint8_t, 4> bytes{10, static_cast<uint8_t>(number >> 16U),
                                     static_cast<uint8_t>(number >> 8U),
                                     static_cast<uint8_t>(number)};
  return {IpAddress::v4(bytes), 6881};
}

inline Endpoint endpoint6(uint32_t number) {
  std::array<uint8_t, 16> bytes{0x20, 0x01};
  for (size_t i = 0; i < 4; ++i) bytes[12 + i] = static_cast<uint8_t>(number >> (24U - 8U * i));
  return {IpAddress::v6(bytes), 6881};
}

template <typename Peer>
Peer numbered_peer(uint32_t number, bool seeding = false, Minute now = 0) {
  const Endpoint endpoint = std::is_same_v<Peer, Peer4> ? endpoint4(number) : endpoint6(number);
  return make_peer<Peer>(endpoint, seeding ? kPeerSeeding : uint8_t{0}, now);
}

// The number of the peer at `compact`, in a reply or a record.
template <typename Peer>
uint32_t peer_number(const uint8_t* compact) {
  uint32_t number = 0;
  for (size_t i = Peer::kCompact - 6; i < Peer::kCompact - 2; ++i)
    number = number << 8U | compact[i];
  return std::is_same_v<Peer, Peer4> ? number & 0xffffffU : number;
}

// Hashes with the same `first` are in the same shard.
inline InfoHash numbered_hash(uint32_t number, uint8_t first = 0) {
  InfoHash hash;
  hash.bytes[0] = first;
  for (size_t i = 0; i < 4; ++i) {
    hash.bytes[16 + i] = static_cast<uint8_t>(number >> (24U - 8U * i));
  }
  return hash;
}

}  // namespace ot
