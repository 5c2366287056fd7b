// The table in its simplest form, maps of maps: slow, obviously right, and what the model test
// compares with.
//
// Where the real table may do one thing or another (memory runs out, the sweep has removed a peer
// already or not), the test tells the naive one which it was.
#pragma once

#include <map>

#include "swarm/torrent_table.h"

namespace ot {

class NaiveTable {
 public:
  struct Peer {
    bool seeding = false;
    bool completed = false;
    Minute minute = 0;
  };
  struct Swarm {
    std::map<Endpoint, Peer> peers;
    uint32_t downloaded = 0;
    Minute minute = 0;
  };
  // Whether new peers are refused: by the limits, or as told.
  enum class Full : uint8_t { by_limits, yes, no };

  explicit NaiveTable(const TableOptions& options) : options_(options) {}

  PeerChange announce(const AnnounceRequest& request, Minute now, Full full) {
    const bool known = swarms_.contains(request.info_hash);
    if (request.event == AnnounceEvent::stopped)
      return known ? stop(request, now) : PeerChange::unknown;
    const bool table_full =
        full == Full::yes ||
        (full == Full::by_limits && options_.max_peers != 0 && peers() >= options_.max_peers);
    if (!known && table_full) return PeerChange::refused;
    Swarm& swarm = swarms_[request.info_hash];
    swarm.minute = now;
    const bool present = swarm.peers.contains(request.peer);
    const uint32_t limit = full == Full::by_limits ? options_.max_peers_per_torrent : 0;
    if (!present && (table_full || (limit != 0 && swarm.peers.size() >= limit)))
      return PeerChange::refused;
    Peer& peer = swarm.peers[request.peer];
    peer.seeding = request.seeding && request.event != AnnounceEvent::paused;
    peer.minute = now;
    if (request.event == AnnounceEvent::completed && request.seeding && !peer.completed) {
      peer.completed = true;
      ++swarm.downloaded;
    }
    return present ? PeerChange::renewed : PeerChange::added;
  }

  // Leaves what sweeps of the whole table leave.
  void expire(Minute now) {
    for (auto swarm = swarms_.begin(); swarm != swarms_.end();) {
      std::erase_if(swarm->second.peers,
                    [&](const auto& entry) { return is_stale(entry.second, now); });
      if (swarm->second.peers.empty() &&
          (swarm->second.downloaded == 0 || is_idle(swarm->second, now))) {
        swarm = swarms_.erase(swarm);
      } else {
        ++swarm;
      }
    }
  }
  [[nodiscard]] bool is_stale(const Peer& peer, Minute now) const {
    return now - peer.minute > static_cast<Minute>(options_.peer_timeout.count());
  }
  [[nodiscard]] bool is_idle(const Swarm& swarm, Minute now) const {
    return now - swarm.minute > static_cast<Minute>(options_.torrent_timeout.count());
  }
  // A sweep has already removed it.
  void drop_peer(const InfoHash& info_hash, const Endpoint& peer) {
    swarms_[info_hash].peers.erase(peer);
  }
  void drop_swarm(const InfoHash& info_hash) { swarms_.erase(info_hash); }

  [[nodiscard]] static SwarmCounts counts(const Swarm* swarm) {
    SwarmCounts counts;
    if (swarm == nullptr) return counts;
    for (const auto& [endpoint, peer] : swarm->peers)
      ++(peer.seeding ? counts.seeders : counts.leechers);
    counts.downloaded = swarm->downloaded;
    return counts;
  }

  [[nodiscard]] const Swarm* find(const InfoHash& info_hash) const {
    const auto found = swarms_.find(info_hash);
    return found == swarms_.end() ? nullptr : &found->second;
  }

  [[nodiscard]] TableTotals totals() const {
    TableTotals totals;
    totals.torrents = swarms_.size();
    totals.peers = peers();
    for (const auto& [info_hash, swarm] : swarms_) totals.seeders += counts(&swarm).seeders;
    return totals;
  }

 private:
  [[nodiscard]] uint64_t peers() const {
    uint64_t sum = 0;
    for (const auto& [info_hash, swarm] : swarms_) sum += swarm.peers.size();
    return sum;
  }

  PeerChange stop(const AnnounceRequest& request, Minute now) {
    Swarm& swarm = swarms_[request.info_hash];
    swarm.minute = now;
    const bool removed = swarm.peers.erase(request.peer) != 0;
    if (swarm.peers.empty() && swarm.downloaded == 0) swarms_.erase(request.info_hash);
    return removed ? PeerChange::removed : PeerChange::unknown;
  }

  const TableOptions options_;
  std::map<InfoHash, Swarm> swarms_;
};

}  // namespace ot
