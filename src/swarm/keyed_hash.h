// SipHash-2-4 under a secret of this process: where a torrent or a peer is stored cannot be chosen
// from outside.
//
// Thread-safe: const after construction.
#pragma once

#include <array>
#include <cstdint>

#include "base/bytes.h"

namespace ot {

class KeyedHash {
 public:
  static constexpr size_t kKeySize = 16;
  using Key = std::array<uint8_t, kKeySize>;

  explicit KeyedHash(const Key& key) : key_(key) {}
  // A key from the kernel.
  [[nodiscard]] static KeyedHash random();

  [[nodiscard]] uint64_t operator()(ByteView bytes) const;

 private:
  Key key_;
};

}  // namespace ot
