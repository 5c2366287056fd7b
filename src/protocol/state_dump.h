// A line of a state dump, a text with a line `HEX:minute:downloaded` for each torrent.
// `mode=statedump` writes it, tracker.load_statedump reads it.
//
// HEX is the info_hash in 40 digits. `minute` is the unix time / 60 of the last announce, and
// `downloaded` the number of completed downloads, both in decimal. Every line ends with a line
// feed, so that a dump that was cut off can be told from a whole one. Lines are written byte for
// byte as the C opentracker writes them. Reading is strict, except that hex digits may have either
// case. Pure; no allocation.
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

// 40 digits, two times a colon and ten digits, the line feed.
inline constexpr size_t kMaxStateLine = 2 * InfoHash::kSize + 2 * size_t{11} + 1;

// Writes a line with its line feed; at most kMaxStateLine bytes.
void write_state_line(ByteWriter& out, const StateLine& line);

enum class StateLineFault : uint8_t {
  empty,
  no_hash,
  no_minute,
  no_downloads,
  carriage_return,
  nul_byte,
  // The last line has no line feed; parse_state_line() cannot know that and never returns it.
  cut_off
};

// Completes the sentence "the line …": "is empty".
[[nodiscard]] std::string_view describe(StateLineFault fault);

// `text` comes without its line feed. Writing the result gives the same text again, except for the
// case of the hex digits.
[[nodiscard]] Result<StateLine, StateLineFault> parse_state_line(std::string_view text);

}  // namespace ot
