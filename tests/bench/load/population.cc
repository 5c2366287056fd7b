#include "bench/load/population.h"

#include <algorithm>
#include <cmath>
#include <cstring>

namespace ot::bench {
namespace {

// The finaliser of splitmix64 (Steele, Lea, Flood 2014).
uint64_t mix(uint64_t x) {
  x += 0x9E3779B97F4A7C15U;
  x = (x ^ (x >> 30U)) * 0xBF58476D1CE4E5B9U;
  x = (x ^ (x >> 27U)) * 0x94D049BB133111EBU;
  return x ^ (x >> 31U);
}

double weight(Law law, uint32_t i, uint32_t torrents) {
  switch (law) {
    case Law::uniform:
      break;
    case Law::skewed:
      return 0.5 + std::exp(6.5 - 500.0 * i / torrents);
    case Law::long_tail:
      return 1.0 / (i + 1.0);
  }
  return 1.0;
}

// Draws from a law in constant time. It holds the running sum of the weights, divided into as many
// equal steps as there are torrents, and for each step the torrent where a search begins.
class Drawer {
 public:
  Drawer(Law law, uint32_t torrents) : sums_(torrents), begin_(torrents) {
    double sum = 0;
    for (uint32_t i = 0; i < torrents; ++i) sums_[i] = sum += weight(law, i, torrents);
    for (uint32_t step = 0, i = 0; step < torrents; ++step) {
      while (sums_[i] < sum * step / torrents) ++i;
      begin_[step] = i;
    }
  }

  // `share` in [0, 1).
  [[nodiscard]] uint32_t draw(double share) const {
    const auto step = static_cast<size_t>(share * static_cast<double>(begin_.size()));
    uint32_t i = begin_[step];
    while (i + 1 < sums_.size() && sums_[i] <= share * sums_.back()) ++i;
    return i;
  }

 private:
  std::vector<double> sums_;
  std::vector<uint32_t> begin_;
};

constexpr uint64_t kDrawsTorrent = 1;
constexpr uint64_t kDrawsSeeder = 2;
constexpr uint64_t kDrawsFamily = 3;
constexpr uint64_t kDrawsHash = 4;

uint64_t stream(uint64_t seed, uint64_t purpose) { return mix(mix(seed) + purpose); }

double as_share(uint64_t bits) { return static_cast<double>(bits >> 11U) * 0x1p-53; }

}  // namespace

Population::Population(const PopulationOptions& options) : options_(options) {
  options_.torrents = std::max(options_.torrents, 1U);
  options_.sources = std::max(options_.sources, options_.peers / kPorts + 1);
  const Drawer drawer(options_.law, options_.torrents);
  torrent_of_.resize(options_.peers);
  for (uint32_t peer = 0; peer < options_.peers; ++peer)
    torrent_of_[peer] = drawer.draw(share_of(peer, kDrawsTorrent));
}

double Population::share_of(uint32_t peer, uint64_t purpose) const {
  return as_share(mix(stream(options_.seed, purpose) + peer));
}

InfoHash Population::info_hash(uint32_t torrent) const {
  const uint64_t start = stream(options_.seed, kDrawsHash) + uint64_t{torrent} * 3;
  const uint64_t words[3] = {mix(start), mix(start + 1), mix(start + 2)};
  InfoHash hash;
  std::memcpy(hash.bytes.data(), words, InfoHash::kSize);
  return hash;
}

bool Population::is_seeder(uint32_t peer) const {
  return share_of(peer, kDrawsSeeder) < options_.seeder_share;
}

bool Population::is_ipv6(uint32_t peer) const {
  return has_ipv6() && share_of(peer, kDrawsFamily) < options_.ipv6_share;
}

std::optional<uint32_t> Population::find(uint32_t address, uint16_t port) const {
  const uint32_t source = address - kFirstSource;
  if (source >= options_.sources || port == 0) return std::nullopt;
  const uint64_t peer = uint64_t{port - 1U} * options_.sources + source;
  if (peer >= size()) return std::nullopt;
  return static_cast<uint32_t>(peer);
}

uint32_t Population::torrents_of_first(uint32_t end) const {
  std::vector<bool> seen(options_.torrents);
  uint32_t count = 0;
  for (uint32_t peer = 0; peer < std::min(end, size()); ++peer) {
    if (!seen[torrent_of_[peer]]) ++count;
    seen[torrent_of_[peer]] = true;
  }
  return count;
}

}  // namespace ot::bench
