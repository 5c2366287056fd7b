// Peers that were chosen for a reply and are still to be copied there.
//
// They are prefetched when they are chosen, so that the processor waits for all of them at once and
// not for one after the other. A caller with other work to do meanwhile does that first, and then
// hardly waits at all: swarm/sole_writer.h. Until write() the peers must stay where they are. Not
// thread-safe.
#pragma once

#include <array>
#include <cassert>
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
    assert(count != 0);
    if (used_ == copies_.size()) write();
    Copy& copy = copies_[used_++];
    copy.peers = peers;
    copy.out = out;
    copy.count = static_cast<uint32_t>(count);
    copy.is_v4 = std::is_same_v<Peer, Peer4>;
    prefetch_line(peers);
    prefetch_line(peers + count - 1);
  }

  // Copies all that has been added, in compact form.
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
    // Moves whole records, in one piece each; the next one overwrites the bytes beyond an endpoint.
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

}  // namespace ot
