// Numbers and durations as people read and write them. No duration may be negative.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>

#include "base/clock.h"

namespace ot {

// "0.72 s": in hundredths of a second, rounded down.
[[nodiscard]] std::string seconds_text(Duration duration);

// "3 d 04:05:06", or "04:05:06" for less than a day.
[[nodiscard]] std::string uptime_text(Duration uptime);

// "90s", "30m", "2d": as the configuration has it, in the largest unit that divides it.
[[nodiscard]] std::string format_duration(std::chrono::seconds duration);

// std::to_string, out of line: otherwise code that prints pages changes what the compiler inlines
// into replies.
[[nodiscard]] std::string decimal_text(uint64_t number);
// At least two digits: "07", "123".
[[nodiscard]] std::string two_digits(uint64_t number);

}  // namespace ot
