// The table as one would write it first: maps of maps. Slow, obviously right, the yardstick of the
// model test.
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

  explicit NaiveTable(const TableOptions& options) : options_(options) {}

  PeerChange announce(const AnnounceRequest& request, Minute now) {
    const bool known = swarms_.contains(request.info_hash);
    if (request.event == AnnounceEvent::stopped)
      return known ? stop(request, now) : PeerChange::unknown;
    const bool full = options_.max_peers != 0 && peers() >= options_.max_peers;
    if (!known && full) return PeerChange::refused;
    Swarm& swarm = swarms_[request.info_hash];
    swarm.minute = now;
    const bool present = swarm.peers.contains(request.peer);
    const uint32_t limit = options_.max_peers_per_torrent;
    if (!present && (full || (limit != 0 && swarm.peers.size() >= limit)))
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

  // What sweeps of the whole table leave.
  void expire(Minute now) {
    for (auto swarm = swarms_.begin(); swarm != swarms_.end();) {
      std::erase_if(swarm->second.peers, [&](const auto& entry) {
        return now - entry.second.minute > static_cast<Minute>(options_.peer_timeout.count());
      });
      const bool idle =
          now - swarm->second.minute > static_cast<Minute>(options_.torrent_timeout.count());
      if (swarm->second.peers.empty() && (swarm->second.downloaded == 0 || idle)) {
        swarm = swarms_.erase(swarm);
      } else {
        ++swarm;
      }
    }
  }

  [[nodiscard]] SwarmCounts counts(const InfoHash& info_hash) const {
    const auto found = swarms_.find(info_hash);
    if (found == swarms_.end()) return {};
    SwarmCounts counts;
    for (const auto& [endpoint, peer] : found->second.peers)
      ++(peer.seeding ? counts.seeders : counts.leechers);
    counts.downloaded = found->second.downloaded;
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
    for (const auto& [info_hash, swarm] : swarms_) totals.seeders += counts(info_hash).seeders;
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
