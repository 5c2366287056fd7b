#include "protocol/connection_id.h"

#include <sodium/crypto_shorthash_siphash24.h>

#include "base/bytes.h"

namespace ot {
namespace {

// An id is valid in its own slot and the two after it.
constexpr uint64_t kSlotsAlive = 3;
constexpr uint64_t kSlotBits = 3;

uint64_t slot_of(MonotonicTime now) {
  return static_cast<uint64_t>(now.time_since_epoch() / ConnectionIds::kSlot);
}

}  // namespace

uint64_t ConnectionIds::id_for(const IpAddress& address, uint64_t slot) const {
  static_assert(kKeySize == crypto_shorthash_siphash24_KEYBYTES);
  // No family byte is needed: addresses of the two families differ in length.
  std::array<uint8_t, 16 + sizeof(slot)> input{};
  ByteWriter writer(input);
  writer.write(address.bytes());
  writer.write(slot);
  std::array<uint8_t, crypto_shorthash_siphash24_BYTES> hash{};
  crypto_shorthash_siphash24(hash.data(), input.data(), writer.size(), key_.data());
  return (ByteReader(hash).read<uint64_t>() & ~kSlotBits) | (slot & kSlotBits);
}

uint64_t ConnectionIds::issue(const IpAddress& address, MonotonicTime now) const {
  return id_for(address, slot_of(now));
}

bool ConnectionIds::accepts(uint64_t id, const IpAddress& address, MonotonicTime now) const {
  const uint64_t slot = slot_of(now);
  const uint64_t age = (slot - id) & kSlotBits;
  if (age >= kSlotsAlive) return false;
  return id_for(address, slot - age) == id;
}

}  // namespace ot
