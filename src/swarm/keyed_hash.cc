#include "swarm/keyed_hash.h"

#include <sodium/crypto_shorthash.h>

#include <bit>

#include "base/random.h"

namespace ot {

static_assert(KeyedHash::kKeySize == crypto_shorthash_KEYBYTES);

KeyedHash KeyedHash::random() {
  Key key{};
  fill_random(key);
  return KeyedHash(key);
}

uint64_t KeyedHash::operator()(ByteView bytes) const {
  std::array<uint8_t, crypto_shorthash_BYTES> out{};
  crypto_shorthash(out.data(), bytes.data(), bytes.size(), key_.data());
  return std::bit_cast<uint64_t>(out);
}

}  // namespace ot
