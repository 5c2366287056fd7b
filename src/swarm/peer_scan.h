// Finding one peer in a dense array: the hot loop of every announce.
//
// The portable form works everywhere; on x86 with AVX2 (asked once, at start) IPv4 arrays are
// compared 16 peers a step. Both give the same answer; tests run both.
#pragma once

#include <cstddef>

#include "swarm/peer.h"

namespace ot {

inline constexpr size_t kPeerNotFound = SIZE_MAX;

// The index of the record whose endpoint equals `key`, or kPeerNotFound. At most one may match.
[[nodiscard]] size_t find_peer(const Peer4* peers, size_t count, const Peer4& key);
[[nodiscard]] size_t find_peer(const Peer6* peers, size_t count, const Peer6& key);

// The forms behind find_peer, for tests and benchmarks.
[[nodiscard]] size_t find_peer_portable(const Peer4* peers, size_t count, const Peer4& key);
[[nodiscard]] size_t find_peer_avx2(const Peer4* peers, size_t count, const Peer4& key);
[[nodiscard]] bool has_avx2();

}  // namespace ot
