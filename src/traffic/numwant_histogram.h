// How many peers announces ask for: one count for each number below kExact, one for all larger
// numbers, and one for announces that leave it to the tracker.
//
// Thread: one writer, any number of readers.
#pragma once

#include <algorithm>
#include <array>
#include <cassert>
#include <cstdint>
#include <optional>

#include "base/count.h"

namespace ot {

class NumwantHistogram {
 public:
  static constexpr size_t kExact = 512;
  // Rows: the numbers below kExact, then these two.
  static constexpr size_t kMore = kExact;
  static constexpr size_t kDefault = kExact + 1;  // absent, negative or not a number
  static constexpr size_t kRows = kExact + 2;

  void add(std::optional<uint32_t> numwant) {
    rows_[numwant ? std::min<size_t>(*numwant, kMore) : kDefault].add(1);
  }
  // `row` is below kRows.
  [[nodiscard]] uint64_t count(size_t row) const {
    assert(row < kRows);
    return rows_[row].value();
  }

 private:
  std::array<Count, kRows> rows_;
};

}  // namespace ot
