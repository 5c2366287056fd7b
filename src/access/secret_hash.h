// A fast hash of info_hashes under a secret, for sets whose members and questions others choose.
//
// Five 32-bit words times five secret 64-bit factors, plus a sixth, modulo 2^64 (multilinear
// hashing: Lemire, Kaser, "Strongly universal string hashing is fast"): for two different hashes,
// whoever chose them, the chance of meeting is 2^-32 over the choice of key. The mixer behind it
// (MurmurHash3's) breaks up arithmetic progressions. A quarter of SipHash's time. Not for values
// that are shown to anybody. Thread-safe: const after construction.
#pragma once

#include <array>
#include <cstdint>
#include <cstring>
#include <span>

#include "base/random.h"
#include "bittorrent/info_hash.h"

namespace ot {

class SecretHash {
 public:
  using Key = std::array<uint64_t, 6>;

  explicit SecretHash(const Key& key) : key_(key) {}
  // A key from the kernel.
  [[nodiscard]] static SecretHash random() {
    std::array<uint8_t, sizeof(Key)> bytes{};
    fill_random(bytes);
    Key key{};
    std::memcpy(key.data(), bytes.data(), bytes.size());
    return SecretHash(key);
  }

  [[nodiscard]] uint64_t operator()(const InfoHash& info_hash) const noexcept {
    std::array<uint32_t, 5> words{};
    static_assert(sizeof words == InfoHash::kSize);
    std::memcpy(words.data(), info_hash.bytes.data(), sizeof words);
    uint64_t sum = key_[5];
    for (size_t i = 0; i < words.size(); ++i) sum += key_[i] * words[i];
    sum = (sum ^ (sum >> 33U)) * 0xff51afd7ed558ccdULL;
    sum = (sum ^ (sum >> 33U)) * 0xc4ceb9fe1a85ec53ULL;
    return sum ^ (sum >> 33U);
  }

 private:
  Key key_;
};

}  // namespace ot
