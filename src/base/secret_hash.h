// A fast keyed hash for tables whose keys others choose: info_hashes and the endpoints of peers.
//
// The sum of up to five 32-bit words, each times a secret 64-bit factor, plus a secret constant,
// modulo 2^64 (multilinear hashing: Lemire, Kaser, "Strongly universal string hashing is fast").
// Two different inputs of the same size collide with probability 2^-32 over the choice of key, even
// if an attacker chose them. MurmurHash3's finalizer then breaks up arithmetic progressions. It
// takes a tenth of SipHash's instructions. Never show its values to anybody: the key can be
// computed from a few of them. See docs/decisions/0006-one-hash-for-table-and-lists.md.
// Thread-safe: const after construction.
#pragma once

#include <array>
#include <cstdint>
#include <cstring>

#include "base/random.h"

namespace ot {

class SecretHash {
 public:
  static constexpr size_t kMaxWords = 5;
  using Key = std::array<uint64_t, kMaxWords + 1>;

  explicit SecretHash(const Key& key) : key_(key) {}
  // With a random key from the kernel.
  [[nodiscard]] static SecretHash random() {
    std::array<uint8_t, sizeof(Key)> bytes{};
    fill_random(bytes);
    Key key{};
    std::memcpy(key.data(), bytes.data(), bytes.size());
    return SecretHash(key);
  }
  // The same for the same seed; for tests.
  [[nodiscard]] static SecretHash from_seed(uint64_t seed) {
    Random random(seed);
    Key key{};
    for (uint64_t& factor : key) factor = random.next();
    return SecretHash(key);
  }

  template <size_t kSize>
  [[nodiscard]] uint64_t operator()(const std::array<uint8_t, kSize>& bytes) const noexcept {
    constexpr size_t kWords = (kSize + sizeof(uint32_t) - 1) / sizeof(uint32_t);
    static_assert(kWords <= kMaxWords);
    std::array<uint32_t, kWords> words{};
    std::memcpy(words.data(), bytes.data(), kSize);
    uint64_t sum = key_[kMaxWords];
    for (size_t i = 0; i < kWords; ++i) sum += key_[i] * words[i];
    sum = (sum ^ (sum >> 33U)) * 0xff51afd7ed558ccdULL;
    sum = (sum ^ (sum >> 33U)) * 0xc4ceb9fe1a85ec53ULL;
    return sum ^ (sum >> 33U);
  }

 private:
  Key key_;
};

}  // namespace ot
