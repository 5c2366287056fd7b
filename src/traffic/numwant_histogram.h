// How many peers announces ask for: a count for each number below kExact, one for all that ask for
// more, and one for those that leave it to the tracker.
//
// Thread: one writer, any number of readers.
#pragma once

#include <algorithm>
#include <array>
#include <cstdint>
#include <optional>

#include "base/count.h"

namespace ot {

class NumwantHistogram {
 public:
  static constexpr size_t kExact = 512;
  // Rows: the numbers below kExact, then these two.
  static constexpr size_t kMore = kExact;
  static constexpr size_t kDefault = kExact + 1;  // absent, negative or no number
  static constexpr size_t kRows = kExact + 2;

  void add(std::optional<uint32_t> numwant) {
    rows_[numwant ? std::min<size_t>(*numwant, kMore) : kDefault].add(1);
  }
  [[nodiscard]] uint64_t count(size_t row) const { return rows_[row].value(); }

 private:
  std::array<Count, kRows> rows_;
};

}  // namespace ot
