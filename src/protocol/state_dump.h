// A state dump is a text with a line `HEX:minute:downloaded` for each torrent: what is worth
// knowing of it after a restart. `mode=statedump` writes it, tracker.load_statedump reads it.
//
// HEX is the info_hash in 40 digits, minute the unix time / 60 of the last announce, downloaded how
// often the torrent was completed; both in decimal. Each line ends with a line feed, the last one
// too: that is how a dump that was cut off is told from a whole one. The line is that of the C
// program, byte for byte. Reading is strict, but takes hex digits of either case. Pure; no
// allocation.
#pragma once

#include <cstdint>
#include <string_view>

#include "base/bytes.h"
#include "base/result.h"
#include "bittorrent/info_hash.h"

namespace ot {

struct StateLine {
  InfoHash info_hash;
  uint32_t minute = 0;
  uint32_t downloaded = 0;

  friend constexpr bool operator==(const StateLine&, const StateLine&) = default;
};

// 40 digits, twice a colon with ten digits, the line feed.
inline constexpr size_t kMaxStateLine = 2 * InfoHash::kSize + 2 * size_t{11} + 1;

// With the line feed; fails if `out` has no room for it (kMaxStateLine is enough).
void write_state_line(ByteWriter& out, const StateLine& line);

enum class StateLineFault : uint8_t {
  empty,
  no_hash,
  no_minute,
  no_downloads,
  carriage_return,
  nul_byte,
  // Never of a line by itself: it is the last, and no line feed ends it.
  cut_off
};

// What the line does wrong, for behind "the line ".
[[nodiscard]] std::string_view describe(StateLineFault fault);

// `text` without its line feed. A line that parses is what write_state_line() makes of it, but for
// the case of the hex digits.
[[nodiscard]] Result<StateLine, StateLineFault> parse_state_line(std::string_view text);

}  // namespace ot
