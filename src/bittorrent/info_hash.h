// The 20-byte name of a torrent: BEP 3's SHA-1, or a v2 hash cut to 20 bytes (BEP 52).
#pragma once

#include <array>
#include <compare>
#include <cstddef>
#include <cstdint>
#include <string>

namespace ot {

struct InfoHash {
  static constexpr size_t kSize = 20;

  std::array<uint8_t, kSize> bytes{};

  friend constexpr auto operator<=>(const InfoHash&, const InfoHash&) = default;
};
static_assert(sizeof(InfoHash) == InfoHash::kSize);

// 40 upper-case hex digits, as pages and dumps name a torrent.
[[nodiscard]] std::string to_hex(const InfoHash& info_hash);

}  // namespace ot
