// What a walk over the whole table finds: plain values, no longer connected to the table.
#pragma once

#include <array>
#include <cassert>
#include <chrono>
#include <cstdint>
#include <string_view>
#include <vector>

#include "bittorrent/info_hash.h"
#include "traffic/ranked_network.h"

namespace ot {

// What a walk can look for.
enum class WalkKind : uint8_t { top_torrents, busiest_networks, recount };
inline constexpr size_t kWalkKinds = 3;

// The name under which the statistics show a running walk.
[[nodiscard]] constexpr std::string_view walk_name(WalkKind kind) {
  constexpr std::array<std::string_view, kWalkKinds> kNames{"ranking", "networks", "recount"};
  return kNames[static_cast<size_t>(kind)];
}

struct RankedTorrent {
  uint64_t count;
  InfoHash info_hash;

  friend bool operator==(const RankedTorrent&, const RankedTorrent&) = default;
};

// Rankings begin with the highest count; equal counts are sorted by info_hash or address.
struct WalkFindings {
  static constexpr size_t kRankedTorrents = 100;
  static constexpr size_t kRankedNetworks = 128;
  static constexpr size_t kSwarmSizes = 20;

  // top_torrents
  std::vector<RankedTorrent> by_peers;
  std::vector<RankedTorrent> by_seeders;
  std::vector<RankedTorrent> by_leechers;
  // busiest_networks
  std::vector<RankedNetwork> networks28;
  std::vector<RankedNetwork> networks24;
  // recount
  uint64_t torrents = 0;
  uint64_t peers = 0;
  uint64_t seeders = 0;
  uint64_t downloaded = 0;
  // Torrents by their number of peers: 0, 1, 2-3, 4-7, ...; the last row has all larger ones.
  std::array<uint64_t, kSwarmSizes> swarm_sizes{};

  // The most peers a torrent in that row of swarm_sizes can have; row + 1 < kSwarmSizes.
  [[nodiscard]] static constexpr uint64_t largest_of_row(size_t row) {
    assert(row + 1 < kSwarmSizes);
    return (uint64_t{1} << row) - 1;
  }
};

// What a recount found, and how long ago.
struct Recount {
  const WalkFindings* findings;
  std::chrono::seconds age;
};

}  // namespace ot
