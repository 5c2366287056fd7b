// Finding one peer in a dense array: the hot loop of every announce.
//
// The portable form works everywhere; with AVX2 (most x86 processors) and NEON (every 64-bit ARM),
// IPv4 arrays are compared 16 peers a step. All give the same answer; the table is told which one
// to use, and tests run both that a processor can do.
#pragma once

#include <cstddef>

#include "swarm/peers/peer.h"

namespace ot {

inline constexpr size_t kPeerNotFound = SIZE_MAX;

enum class PeerScan : uint8_t { portable, avx2, neon };

// The fastest that this processor can do.
[[nodiscard]] PeerScan best_peer_scan();

// The index of the record whose endpoint equals `key`, or kPeerNotFound. At most one may match. The
// processor must be able to do `scan`.
[[nodiscard]] size_t find_peer(PeerScan scan, const Peer4* peers, size_t count, const Peer4& key);
[[nodiscard]] size_t find_peer(PeerScan scan, const Peer6* peers, size_t count, const Peer6& key);

}  // namespace ot
