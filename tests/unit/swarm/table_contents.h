// All that a table holds, as a value to compare.
#pragma once

#include <algorithm>
#include <map>
#include <string>
#include <vector>

#include "swarm/torrent_table.h"

namespace ot {

// A peer as text of its record, so that one order fits both families: endpoint, flags, age.
using PeerText = std::string;

template <typename Peer>
PeerText peer_text(const Peer& peer) {
  PeerText text(peer.endpoint.begin(), peer.endpoint.end());
  text.push_back(static_cast<char>(peer.flags));
  text.push_back(static_cast<char>(peer.minute));
  return text;
}

struct TorrentContents {
  uint32_t downloaded = 0;
  uint16_t silent = 0;
  std::vector<PeerText> peers;  // sorted; one that comes twice is here twice

  friend bool operator==(const TorrentContents&, const TorrentContents&) = default;
};
using TableContents = std::map<InfoHash, TorrentContents>;

// Walks to the end; calls `between` after each step with what it has copied.
template <typename Between>
void walk_swarms(TorrentTable& table, Minute now, Between between) {
  SwarmCopy copy;
  SweepCursor cursor;
  uint32_t shard = 0;
  do {
    shard = cursor.shard;
    table.copy_swarms(cursor, now, copy);
    between(copy);
  } while (cursor.shard >= shard);
}

template <typename Between>
TableContents contents_of(TorrentTable& table, Minute now, Between between) {
  TableContents all;
  walk_swarms(table, now, [&](const SwarmCopy& copy) {
    SwarmPeers peers(copy);
    for (const SwarmPart& part : copy.parts()) {
      TorrentContents& torrent = all[part.info_hash];
      torrent.downloaded = part.downloaded;
      torrent.silent = part.silent;
      for (const Peer4& peer : peers.next4(part)) torrent.peers.push_back(peer_text(peer));
      for (const Peer6& peer : peers.next6(part)) torrent.peers.push_back(peer_text(peer));
    }
    between();
  });
  for (auto& [hash, torrent] : all) std::sort(torrent.peers.begin(), torrent.peers.end());
  return all;
}
inline TableContents contents_of(TorrentTable& table, Minute now) {
  return contents_of(table, now, [] {});
}

}  // namespace ot
