// The networks with the most peers, found in two passes over all addresses in bounded memory.
//
// There may be as many networks as peers, too many for a counter each. The first pass counts
// addresses in a million buckets, chosen by a hash of the network, so a bucket's count is at least
// that of each of its networks. The second pass gives a counter only to networks whose bucket is
// among the fullest, which are few. A network is missed only if more than kFullBuckets others have
// as many peers. Takes at most kBytes. Not thread-safe.
#pragma once

#include <cstdint>
#include <span>
#include <unordered_map>
#include <vector>

#include "census/findings.h"

namespace ot {

class BusyNetworks {
 public:
  // `bits` is the prefix length of the networks, 1 to 32.
  explicit BusyNetworks(unsigned bits);

  // First pass, called with all addresses, in host order.
  void estimate(std::span<const uint32_t> addresses);
  // Between the passes.
  void choose_candidates();
  // Second pass, called with all addresses again.
  void count(std::span<const uint32_t> addresses);
  // At most `wanted` networks, the busiest first; equal ones are sorted by address.
  [[nodiscard]] std::vector<RankedNetwork> ranking(size_t wanted) const;

  static constexpr size_t kBuckets = size_t{1} << 20U;
  static constexpr size_t kFullBuckets = size_t{1} << 14U;
  static constexpr size_t kCandidates = size_t{1} << 18U;
  static constexpr size_t kBytes = kBuckets * sizeof(uint32_t) + kCandidates * 48;

 private:
  [[nodiscard]] uint32_t network(uint32_t address) const { return address & mask_; }
  [[nodiscard]] static size_t bucket(uint32_t network);

  const uint32_t mask_;
  std::vector<uint32_t> buckets_;
  uint32_t threshold_ = 1;
  std::unordered_map<uint32_t, uint64_t> candidates_;
};

}  // namespace ot
