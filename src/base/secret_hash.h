// A fast hash under a secret, for tables whose keys others choose: info_hashes and the endpoints of
// peers.
//
// Up to five 32-bit words times as many secret 64-bit factors, plus one more, modulo 2^64
// (multilinear hashing: Lemire, Kaser, "Strongly universal string hashing is fast"): for two
// different inputs of one size, whoever chose them, the chance of meeting is 2^-32 over the choice
// of key. The mixer behind it (MurmurHash3's) breaks up arithmetic progressions. A tenth of
// SipHash's instructions. Not for values that are shown to anybody: whoever sees some can compute
// the key. See docs/decisions/0006-one-hash-for-table-and-lists.md. Thread-safe: const after
// construction.
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
  // A key from the kernel.
  [[nodiscard]] static SecretHash random() {
    std::array<uint8_t, sizeof(Key)> bytes{};
    fill_random(bytes);
    Key key{};
    std::memcpy(key.data(), bytes.data(), bytes.size());
    return SecretHash(key);
  }
  // Repeatable, for tests.
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
