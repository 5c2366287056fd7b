// One torrent as the table stores it: a slot of 64 bytes, one cache line.
//
// Half of a tracker's torrents have one peer, so the slot itself holds up to four IPv4 peers; only
// a larger swarm, or one with IPv6 peers, has memory of its own. A slot of zeros is empty.
// Trivially copyable: slots move when the index grows. Not thread-safe; the shard's lock guards it.
#pragma once

#include <cstring>
#include <type_traits>

#include "swarm/peers/peer_list.h"

namespace ot {

// The peers of a torrent, taken out of the slot for one operation and stored back after it.
struct TorrentPeers {
  PeerList<Peer4> v4;
  PeerList<Peer6> v6;

  [[nodiscard]] uint32_t leechers() const { return v4.leechers() + v6.leechers(); }
  [[nodiscard]] uint32_t seeders() const { return v4.seeders() + v6.seeders(); }
  [[nodiscard]] uint32_t size() const { return v4.size() + v6.size(); }
};

class Torrent {
 public:
  static constexpr size_t kInlinePeers = 4;

  [[nodiscard]] bool is_occupied() const { return (state_ & kOccupied) != 0; }
  [[nodiscard]] const InfoHash& info_hash() const { return info_hash_; }
  // The high half of the keyed hash: where in the index the torrent belongs.
  [[nodiscard]] uint32_t order() const { return order_; }

  // Makes an empty slot this torrent, without peers.
  void occupy(const InfoHash& info_hash, uint32_t order) {
    *this = {};
    info_hash_ = info_hash;
    order_ = order;
    state_ = kOccupied;
  }
  void clear() { *this = {}; }

  // The view borrows this slot: use it and store() it before the slot may move.
  [[nodiscard]] TorrentPeers peers();
  // Takes back what peers() gave out. A list that has become small returns into the slot, and a
  // torrent without peers holds no memory. An IPv6 peer takes the room of the inline ones, so
  // v4.unborrow() must have succeeded before it is inserted.
  void store(TorrentPeers& peers, MemoryBudget& memory);

  [[nodiscard]] SwarmCounts counts() const;

  uint32_t downloaded;
  // Of the last announce, modulo 65536.
  uint16_t minute;
  // Of the last removal of stale peers, modulo 256.
  uint8_t cleaned;

 private:
  static constexpr uint8_t kOccupied = 0x80;
  static constexpr uint8_t kLists = 0x40;
  static constexpr unsigned kSeedersShift = 3;
  static constexpr uint8_t kCountMask = 7;

  struct Lists {
    PeerList<Peer4> v4;
    PeerList<Peer6> v6;
  };

  [[nodiscard]] bool has_lists() const { return (state_ & kLists) != 0; }
  [[nodiscard]] unsigned inline_leechers() const { return state_ & kCountMask; }
  [[nodiscard]] unsigned inline_seeders() const { return (state_ >> kSeedersShift) & kCountMask; }
  void store_counts(unsigned leechers, unsigned seeders);

  // Bits: occupied, lists; without lists also three each for seeders and leechers.
  uint8_t state_;
  InfoHash info_hash_;
  uint32_t order_;
  union {
    Peer4 inline_[kInlinePeers];
    Lists lists_;
  };
};
static_assert(sizeof(Torrent) == 64 && std::is_trivially_copyable_v<Torrent>);

}  // namespace ot
