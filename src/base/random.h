// Randomness: getrandom(2) for secrets, and a fast generator seeded from it for choices that need
// not be secret.
#pragma once

#include <array>
#include <cstdint>
#include <span>

namespace ot {

// Fills `out` from the kernel's generator. Aborts if the kernel has none: nothing here can work
// without secrets.
void fill_random(std::span<uint8_t> out);

// xoshiro256++ (Blackman, Vigna 2019; public domain algorithm). One per thread; not for secrets.
class Random {
 public:
  Random();                        // seeded by the kernel
  explicit Random(uint64_t seed);  // repeatable, for tests

  [[nodiscard]] uint64_t next();
  // Uniform in [0, bound) up to a bias of bound / 2^32; bound must be > 0.
  [[nodiscard]] uint32_t below(uint32_t bound) {
    return static_cast<uint32_t>(((next() >> 32U) * bound) >> 32U);
  }

 private:
  std::array<uint64_t, 4> state_{};
};

}  // namespace ot
