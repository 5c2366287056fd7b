// What the log and -t say of the lines of a list or of a file of networks that are not valid.
#pragma once

#include <string>

namespace ot {

// "7 lines skipped (line 3: why, line 9: why, ...)"; empty if none is. Totals has `faulty`, how
// many there are, and `first_faulty` with the `number` and the `fault` of some.
template <typename Totals>
[[nodiscard]] std::string skipped_lines(const Totals& totals) {
  if (totals.faulty == 0) return {};
  std::string text =
      std::to_string(totals.faulty) + (totals.faulty == 1 ? " line" : " lines") + " skipped (";
  for (const auto& line : totals.first_faulty) {
    if (&line != &totals.first_faulty.front()) text += ", ";
    text += "line " + std::to_string(line.number) + ": " + std::string(describe(line.fault));
  }
  return text + (totals.faulty > totals.first_faulty.size() ? ", ...)" : ")");
}

}  // namespace ot
