// Connection ids of the UDP tracker protocol: proof that a client can receive at the address it
// claims.
//
// An id is a keyed hash (SipHash-2-4) of the address without its port and a 300 s slot of time, its
// two lowest bits naming the slot, so that a check costs one hash. The slot an id was given in and
// the two after it accept it: it lives 10 to 15 minutes. Nothing is stored per client.
// Thread-safe: const after construction. Source: BEP 15, "Connect".
#pragma once

#include <array>
#include <chrono>
#include <cstdint>

#include "base/clock.h"
#include "base/ip_address.h"

namespace ot {

class ConnectionIds {
 public:
  static constexpr size_t kKeySize = 16;
  static constexpr Duration kSlot = std::chrono::seconds(300);

  using Key = std::array<uint8_t, kKeySize>;

  // `key` comes from fill_random(); who knows it can claim any address.
  explicit ConnectionIds(const Key& key) : key_(key) {}

  // The id to give to `address` at `now`.
  [[nodiscard]] uint64_t issue(const IpAddress& address, MonotonicTime now) const;

  // Whether `id` was given to `address` in the slot of `now` or one of the two before it.
  [[nodiscard]] bool accepts(uint64_t id, const IpAddress& address, MonotonicTime now) const;

 private:
  [[nodiscard]] uint64_t id_for(const IpAddress& address, uint64_t slot) const;

  Key key_;
};

}  // namespace ot
