#include "service/seconds_text.h"

namespace ot {

std::string seconds_text(Duration duration) {
  const auto hundredths = std::chrono::floor<std::chrono::milliseconds>(duration).count() / 10;
  const std::string tail = std::to_string(hundredths % 100);
  return std::to_string(hundredths / 100) + (tail.size() == 1 ? ".0" : ".") + tail + " s";
}

}  // namespace ot
