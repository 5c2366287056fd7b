// The networks counted most often in an endless stream of them, in bounded memory.
//
// There may be more networks than there is room, and whoever spoofs addresses can name as many as
// he likes, so not all can be counted. A network has kWays counters, chosen by a hash under a
// secret, to share with those of the same hash. One that has none takes over the lowest of them,
// count and all, and remembers how much of it was the others' (Metwally, Agrawal, El Abbadi,
// "Efficient computation of frequent and top-k elements in data streams", in each row alone).
//
// So a count is never too low, and too high by at most its overcount, which is at most an eighth of
// what came to that row, on average 1/kCounters of the stream. A network with more than an eighth
// of its row, on average more than 1/kCounters of the stream, is never missed. Adding looks at
// four cache lines at most. kBytes in all, allocated at once. Not thread-safe.
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

  // `secret`: random, so that nobody can choose networks that share a row.
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

  // The busiest first, of equals the lower address; at most `wanted`.
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
