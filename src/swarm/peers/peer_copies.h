// Peers that were chosen for a reply and are still to be copied there.
//
// Their lines are asked for when they are chosen, so that the processor waits for all of them at
// once and not for one after the other. Who has something else to do meanwhile does that first and
// hardly waits at all: HandoutQueue. Until write() the peers must stay where they are.
#pragma once

#include <array>
#include <cstring>
#include <type_traits>

#include "base/prefetch.h"
#include "swarm/peers/peer.h"

namespace ot {

class PeerCopies {
 public:
  // `out` must hold count * Peer::kCompact bytes.
  template <typename Peer>
  void add(const Peer* peers, size_t count, uint8_t* out) {
    if (used_ == copies_.size()) write();
    Copy& copy = copies_[used_++];
    copy.peers = peers;
    copy.out = out;
    copy.count = static_cast<uint32_t>(count);
    copy.is_v4 = std::is_same_v<Peer, Peer4>;
    prefetch_line(peers);
    prefetch_line(peers + count - 1);
  }

  // Copies all that was added, in compact form.
  void write() {
    for (size_t i = 0; i < used_; ++i) {
      const Copy& copy = copies_[i];
      if (copy.is_v4) {
        pack(static_cast<const Peer4*>(copy.peers), copy.count, copy.out);
      } else {
        pack(static_cast<const Peer6*>(copy.peers), copy.count, copy.out);
      }
    }
    used_ = 0;
  }

 private:
  struct Copy {
    const void* peers;
    uint8_t* out;
    uint32_t count;
    bool is_v4;
  };

  template <typename Peer>
  static void pack(const Peer* peers, size_t count, uint8_t* out) {
    size_t i = 0;
    // Whole records are moved in one piece each; the next one overwrites what is too much of it.
    if constexpr (sizeof(Peer) == sizeof(uint64_t)) {
      for (; i + 1 < count; ++i, out += Peer::kCompact) std::memcpy(out, &peers[i], sizeof(Peer));
    }
    for (; i < count; ++i, out += Peer::kCompact)
      std::memcpy(out, peers[i].endpoint.data(), Peer::kCompact);
  }

  // NOLINTNEXTLINE(cppcoreguidelines-pro-type-member-init): filled before it is read
  std::array<Copy, 32> copies_;
  size_t used_ = 0;
};

// Copies one announce behind: what an announce has chosen is written when the next one has chosen,
// by when it is at hand. For batches, on the one thread that changes the table, since the copies
// are made without a lock.
class HandoutQueue {
 public:
  // Before something in that shard changes.
  void make_way(uint32_t shard) {
    if (shard == shard_) write();
  }
  // For the announce in hand to add to.
  [[nodiscard]] PeerCopies& current() { return copies_[current_]; }
  // The announce in hand has chosen, in that shard; writes what the one before it chose.
  void next(uint32_t shard) {
    current_ ^= 1U;
    copies_[current_].write();
    shard_ = shard;
  }
  // Writes all that is left.
  void write() {
    copies_[current_ ^ 1U].write();
    shard_ = kNone;
  }

 private:
  static constexpr uint32_t kNone = UINT32_MAX;

  std::array<PeerCopies, 2> copies_;
  unsigned current_ = 0;
  uint32_t shard_ = kNone;  // of what waits
};

}  // namespace ot
