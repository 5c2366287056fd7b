#include "base/duration_text.h"

#include <array>
#include <cassert>

namespace ot {

std::string seconds_text(Duration duration) {
  assert(duration >= Duration(0));
  const auto hundredths = std::chrono::floor<std::chrono::milliseconds>(duration).count() / 10;
  return std::to_string(hundredths / 100) + "." +
         two_digits(static_cast<uint64_t>(hundredths % 100)) + " s";
}

std::string uptime_text(Duration uptime) {
  assert(uptime >= Duration(0));
  const auto days = std::chrono::floor<std::chrono::days>(uptime);
  const std::chrono::hh_mm_ss clock(std::chrono::floor<std::chrono::seconds>(uptime - days));
  const auto text = [](auto part) { return two_digits(static_cast<uint64_t>(part.count())); };
  return (days.count() > 0 ? std::to_string(days.count()) + " d " : "") + text(clock.hours()) +
         ":" + text(clock.minutes()) + ":" + text(clock.seconds());
}

std::string format_duration(std::chrono::seconds duration) {
  assert(duration.count() >= 0);
  struct Unit {
    char letter;
    int64_t seconds;
  };
  constexpr std::array<Unit, 3> kUnits{{{'d', 86400}, {'h', 3600}, {'m', 60}}};
  const int64_t count = duration.count();
  for (const Unit& unit : kUnits) {
    if (count != 0 && count % unit.seconds == 0)
      return std::to_string(count / unit.seconds) + unit.letter;
  }
  return std::to_string(count) + "s";
}

std::string decimal_text(uint64_t number) { return std::to_string(number); }

std::string two_digits(uint64_t number) {
  std::string text(number < 10 ? 1 : 0, '0');
  return text += std::to_string(number);
}

}  // namespace ot
