// Finds the most frequent networks in an endless stream of them, in bounded memory.
//
// Spoofed addresses can belong to any number of networks, so not all of them can be counted. The
// counters are arranged in rows of kWays; a keyed hash selects the row of a network, which it
// shares with all others of that hash. A network without a counter takes over the lowest one of its
// row, including its count, and records how much of that count belongs to others (Metwally,
// Agrawal, El Abbadi, "Efficient computation of frequent and top-k elements in data streams",
// applied to each row).
//
// So a count is never too low, and too high by at most its overcount. The overcount is at most an
// eighth of what its row has received, on average 1/kCounters of the stream. A network that makes
// up more than an eighth of its row is never missed. Adding touches at most four cache lines. All
// kBytes are allocated at once. Not thread-safe.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "traffic/ranked_network.h"

namespace ot {

template <typename Address>
class HeavyHitters {
 public:
  using Counter = RankedIn<Address>;

  static constexpr size_t kWays = 8;
  static constexpr unsigned kRowBits = 10;
  static constexpr size_t kCounters = kWays << kRowBits;
  static constexpr size_t kBytes = kCounters * sizeof(Counter);

  // `secret` must be random, so that nobody can choose networks that share a row.
  explicit HeavyHitters(uint64_t secret) : factor_(secret | 1U), counters_(kCounters) {}

  void add(Address network) {
    const std::span<Counter> counters = row(network);
    Counter* lowest = counters.data();
    for (Counter& counter : counters) {
      if (counter.count != 0 && counter.address == network) {
        ++counter.count;
        return;
      }
      if (counter.count < lowest->count) lowest = &counter;
    }
    *lowest = {lowest->count + 1, network, lowest->count};
  }

  // At most `wanted` networks, busiest first; equal counts are ordered by address.
  [[nodiscard]] std::vector<Counter> ranking(size_t wanted) const {
    std::vector<Counter> ranked = counters_;
    std::erase_if(ranked, [](const Counter& counter) { return counter.count == 0; });
    keep_busiest(ranked, wanted);
    return ranked;
  }

 private:
  [[nodiscard]] std::span<Counter> row(Address network) {
    const uint64_t number = uint64_t{network} * factor_ >> (64U - kRowBits);
    return std::span(counters_).subspan(static_cast<size_t>(number) * kWays, kWays);
  }

  const uint64_t factor_;
  std::vector<Counter> counters_;
};

}  // namespace ot
