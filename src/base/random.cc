#include "base/random.h"

#include <sys/random.h>

#include <bit>
#include <cerrno>
#include <cstdlib>
#include <cstring>

namespace ot {
namespace {

uint64_t kernel_seed() {
  std::array<uint8_t, 8> bytes{};
  fill_random(bytes);
  return std::bit_cast<uint64_t>(bytes);
}

}  // namespace

void fill_random(std::span<uint8_t> out) {
  while (!out.empty()) {
    const ssize_t n = ::getrandom(out.data(), out.size(), 0);
    if (n < 0 && errno == EINTR) continue;
    if (n <= 0) std::abort();
    out = out.subspan(static_cast<size_t>(n));
  }
}

Random::Random() : Random(kernel_seed()) {}

}  // namespace ot
