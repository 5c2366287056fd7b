#include "census/table_walks.h"

#include <bit>

#include "census/busy_networks.h"

namespace ot {
namespace {

// Copies the whole table step by step and calls `use` with each copy. False if cancelled.
template <auto copy, typename Item, typename Use>
bool walk(TorrentTable& table, const JobWatch& watch, Use use) {
  std::vector<Item> items(kWalkStep);
  SweepCursor cursor;
  uint32_t shard = 0;
  do {
    if (watch.is_cancelled()) return false;
    shard = cursor.shard;
    const size_t count = (table.*copy)(cursor, items);
    use(std::span<const Item>(items).first(count));
    watch.tell_progress(cursor.shard, TorrentTable::kShards);
  } while (cursor.shard >= shard);
  return true;
}

template <typename Use>
bool walk_torrents(TorrentTable& table, const JobWatch& watch, Use use) {
  return walk<&TorrentTable::copy_torrents, TorrentCopy>(
      table, watch, [&use](std::span<const TorrentCopy> torrents) {
        for (const TorrentCopy& torrent : torrents) use(torrent);
      });
}

bool find_top_torrents(TorrentTable& table, const JobWatch& watch, WalkFindings& findings) {
  TopTorrents by_peers(WalkFindings::kRankedTorrents);
  TopTorrents by_seeders(WalkFindings::kRankedTorrents);
  TopTorrents by_leechers(WalkFindings::kRankedTorrents);
  const bool whole = walk_torrents(table, watch, [&](const TorrentCopy& torrent) {
    const SwarmCounts& counts = torrent.counts;
    by_peers.offer(uint64_t{counts.seeders} + counts.leechers, torrent.info_hash);
    by_seeders.offer(counts.seeders, torrent.info_hash);
    by_leechers.offer(counts.leechers, torrent.info_hash);
  });
  findings.by_peers = by_peers.take();
  findings.by_seeders = by_seeders.take();
  findings.by_leechers = by_leechers.take();
  return whole;
}

bool find_busiest_networks(TorrentTable& table, const JobWatch& watch, WalkFindings& findings) {
  BusyNetworks networks28(28);
  BusyNetworks networks24(24);
  const bool estimated = walk<&TorrentTable::copy_addresses4, uint32_t>(
      table, watch, [&](std::span<const uint32_t> addresses) {
        networks28.estimate(addresses);
        networks24.estimate(addresses);
      });
  if (!estimated) return false;
  networks28.choose_candidates();
  networks24.choose_candidates();
  const bool counted = walk<&TorrentTable::copy_addresses4, uint32_t>(
      table, watch, [&](std::span<const uint32_t> addresses) {
        networks28.count(addresses);
        networks24.count(addresses);
      });
  findings.networks28 = networks28.ranking(WalkFindings::kRankedNetworks);
  findings.networks24 = networks24.ranking(WalkFindings::kRankedNetworks);
  return counted;
}

bool recount(TorrentTable& table, const JobWatch& watch, WalkFindings& findings) {
  return walk_torrents(table, watch, [&](const TorrentCopy& torrent) {
    const SwarmCounts& counts = torrent.counts;
    const uint64_t peers = uint64_t{counts.seeders} + counts.leechers;
    ++findings.torrents;
    findings.peers += peers;
    findings.seeders += counts.seeders;
    findings.downloaded += counts.downloaded;
    ++findings.swarm_sizes[std::min<size_t>(static_cast<size_t>(std::bit_width(peers)),
                                            WalkFindings::kSwarmSizes - 1)];
  });
}

using WalkFunction = bool (*)(TorrentTable&, const JobWatch&, WalkFindings&);
// Indexed by WalkKind.
constexpr std::array<WalkFunction, kWalkKinds> kWalks{find_top_torrents, find_busiest_networks,
                                                      recount};

}  // namespace

JobResult walk_table(WalkKind kind, TorrentTable& table, const JobWatch& watch,
                     WalkFindings& findings) {
  if (kWalks[static_cast<size_t>(kind)](table, watch, findings)) return {};
  return Unexpected(JobFailure{"given up"});
}

}  // namespace ot
