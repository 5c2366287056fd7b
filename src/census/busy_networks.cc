#include "census/busy_networks.h"

#include <algorithm>
#include <array>
#include <cassert>

namespace ot {
namespace {

// Fuller buckets count as this full when the threshold is chosen.
constexpr size_t kFullest = 4096;

}  // namespace

BusyNetworks::BusyNetworks(unsigned bits) : mask_(UINT32_MAX << (32U - bits)), buckets_(kBuckets) {
  assert(bits >= 1 && bits <= 32);
}

// Multiplicative hashing. Networks chosen to share a bucket only become candidates.
size_t BusyNetworks::bucket(uint32_t network) {
  constexpr uint64_t kGolden = 0x9e3779b97f4a7c15;
  constexpr unsigned kBits = 20;
  static_assert(kBuckets == size_t{1} << kBits);
  return static_cast<size_t>(network * kGolden >> (64U - kBits));
}

void BusyNetworks::estimate(std::span<const uint32_t> addresses) {
  for (const uint32_t address : addresses) ++buckets_[bucket(network(address))];
}

void BusyNetworks::choose_candidates() {
  std::array<size_t, kFullest + 1> having{};
  for (const uint32_t filling : buckets_) ++having[std::min<size_t>(filling, kFullest)];
  size_t chosen = 0;
  size_t filling = kFullest;
  while (filling > 0 && chosen + having[filling] <= kFullBuckets) chosen += having[filling--];
  threshold_ = static_cast<uint32_t>(std::min(filling + 1, kFullest));
}

void BusyNetworks::count(std::span<const uint32_t> addresses) {
  for (const uint32_t address : addresses) {
    const uint32_t name = network(address);
    if (buckets_[bucket(name)] < threshold_) continue;
    const auto known = candidates_.find(name);
    if (known != candidates_.end()) {
      ++known->second;
    } else if (candidates_.size() < kCandidates) {
      candidates_.emplace(name, 1);
    }
  }
}

std::vector<RankedNetwork> BusyNetworks::ranking(size_t wanted) const {
  std::vector<RankedNetwork> ranked;
  ranked.reserve(candidates_.size());
  for (const auto& [name, peers] : candidates_) ranked.push_back({peers, name});
  keep_busiest(ranked, wanted);
  return ranked;
}

}  // namespace ot
