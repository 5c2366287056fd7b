// Random numbers: getrandom(2) for secrets, and a fast generator seeded from it for everything
// else.
#pragma once

#include <array>
#include <cassert>
#include <cstdint>
#include <span>

namespace ot {

// Fills `out` from the kernel's generator. Aborts if that fails: nothing works without secrets.
void fill_random(std::span<uint8_t> out);

// SplitMix64 (Steele, Lea, Flood, "Fast splittable pseudorandom number generators", 2014). One per
// thread; not for secrets.
class Random {
 public:
  // Seeded by the kernel.
  Random();
  explicit Random(uint64_t seed) : state_(seed) {}

  [[nodiscard]] uint64_t next() {
    state_ += 0x9e3779b97f4a7c15ULL;
    uint64_t mixed = (state_ ^ (state_ >> 30U)) * 0xbf58476d1ce4e5b9ULL;
    mixed = (mixed ^ (mixed >> 27U)) * 0x94d049bb133111ebULL;
    return mixed ^ (mixed >> 31U);
  }
  // Uniform in [0, bound) up to a bias of bound / 2^32; bound > 0.
  [[nodiscard]] uint32_t below(uint32_t bound) {
    assert(bound > 0);
    return static_cast<uint32_t>(((next() >> 32U) * bound) >> 32U);
  }

 private:
  uint64_t state_;
};

}  // namespace ot
