// A dense array of peers in two parts, leechers then seeders: what a swarm is made of.
//
// Choosing peers of one kind never scans the other, and a completion is one swap. The array lies in
// a torrent's slot (borrowed), in a block of its own, or is one of many blocks of a large swarm; it
// makes no difference here. A PeerBlock is a view with counts: it never allocates and never frees.
// Not thread-safe; the shard's lock guards it.
#pragma once

#include <algorithm>
#include <cassert>
#include <cstring>
#include <utility>

#include "base/prefetch.h"
#include "swarm/peers/peer_scan.h"

namespace ot {

enum class PeerStorage : uint16_t { none, borrowed, block, directory };

template <typename Peer>
struct PeerBlock {
  Peer* peers;
  uint16_t leechers;
  uint16_t seeders;
  uint16_t capacity;
  PeerStorage storage;

  [[nodiscard]] size_t size() const { return size_t{leechers} + seeders; }
  [[nodiscard]] size_t count(bool seeding) const { return seeding ? seeders : leechers; }
  [[nodiscard]] Peer* part(bool seeding) const { return seeding ? peers + leechers : peers; }
  [[nodiscard]] bool is_seeder(size_t index) const { return index >= leechers; }
  // kPeerNotFound if absent.
  [[nodiscard]] size_t find(const Peer& key, PeerScan scan) const {
    return find_peer(scan, peers, size(), key);
  }

  // Prefetches the first lines that find() will read; the processor guesses the rest by itself.
  void prefetch() const {
    constexpr size_t kLine = 64;
    constexpr size_t kLines = 8;
    const auto* bytes = reinterpret_cast<const uint8_t*>(peers);
    const size_t end = std::min(size() * sizeof(Peer), kLines * kLine);
    for (size_t at = 0; at < end; at += kLine) prefetch_line(bytes + at);
  }

  // There must be room; the peer must not be present. Returns where it now is.
  size_t add(const Peer& peer, bool seeding) {
    assert(size() < capacity);
    if (seeding) {
      peers[size()] = peer;
      return leechers + size_t{seeders++};
    }
    peers[size()] = peers[leechers];
    peers[leechers] = peer;
    return leechers++;
  }

  // Moves others into the gap: at most one of each kind.
  void remove(size_t index) {
    assert(index < size());
    const size_t last = size() - 1;
    if (is_seeder(index)) {
      peers[index] = peers[last];
      --seeders;
      return;
    }
    peers[index] = peers[leechers - 1];
    peers[leechers - 1] = peers[last];
    --leechers;
  }

  // Moves the peer to the part it now belongs to; returns where it is.
  size_t set_seeding(size_t index, bool seeding) {
    assert(index < size());
    if (is_seeder(index) == seeding) return index;
    const size_t target = seeding ? size_t{leechers} - 1 : size_t{leechers};
    std::swap(peers[index], peers[target]);
    leechers = static_cast<uint16_t>(leechers + (seeding ? -1 : 1));
    seeders = static_cast<uint16_t>(seeders + (seeding ? 1 : -1));
    return target;
  }
};
static_assert(sizeof(PeerBlock<Peer4>) == 16);

}  // namespace ot
