// Connection ids of the UDP tracker protocol: proof that a client can receive at the address it
// claims.
//
// An id is a keyed hash (SipHash-2-4) of the address, without its port, and of a time slot of 300
// s. Its two lowest bits name the slot, so that a check costs one hash. An id is valid in its own
// slot and the two after it, that is for 10 to 15 minutes. Nothing is stored per client.
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

  // `key` must come from fill_random(): anybody who knows it can claim any address.
  explicit ConnectionIds(const Key& key) : key_(key) {}

  // The id for a client at `address` that asks at `now`.
  [[nodiscard]] uint64_t issue(const IpAddress& address, MonotonicTime now) const;

  // Whether `id` was issued to `address` in the slot of `now` or in one of the two before it.
  [[nodiscard]] bool accepts(uint64_t id, const IpAddress& address, MonotonicTime now) const;

 private:
  [[nodiscard]] uint64_t id_for(const IpAddress& address, uint64_t slot) const;

  Key key_;
};

}  // namespace ot
