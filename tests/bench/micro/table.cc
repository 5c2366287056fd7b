// Nanoseconds per operation of the table, cold: every operation is on another torrent of a million.
#include <memory>
#include <string>
#include <vector>

#include "bench/load/population.h"
#include "bench/micro/measure.h"
#include "swarm/peers/peer_scan.h"
#include "swarm/torrent_table.h"

namespace ot::bench {
namespace {

constexpr size_t kOperations = 200000;
constexpr Minute kNow = 1000;
constexpr size_t kNumwant = 30;

class FullTable {
 public:
  FullTable(const Population& population, bool seeds)
      : population_(population),
        seeds_(seeds),
        table_(std::make_unique<TorrentTable>(TableOptions{}, SecretHash(SecretHash::Key{3}))) {
    for (uint32_t peer = 0; peer < population_.size(); ++peer) announce(peer, 0);
  }

  [[nodiscard]] AnnounceRequest request(uint32_t peer) const {
    AnnounceRequest request;
    request.info_hash = population_.info_hash(population_.torrent_of(peer));
    std::array<uint8_t, 4> bytes{};
    ByteWriter(bytes).write(Population::source_address(population_.source_of(peer)));
    request.peer = {IpAddress::v4(bytes), population_.port_of(peer)};
    request.seeding = seeds_ && population_.is_seeder(peer);
    return request;
  }

  void announce(const AnnounceRequest& request, size_t numwant) {
    const auto place = table_->locate(request.info_hash);
    keep(table_->announce(request, place, numwant, kNow, {buffer_, {}}, random_));
  }
  void announce(uint32_t peer, size_t numwant) { announce(request(peer), numwant); }

  // As the UDP front end does: prefetches for the whole batch first.
  void announce_batch(std::span<const AnnounceRequest> requests) {
    std::array<TorrentTable::Place, 32> places;
    for (size_t i = 0; i < requests.size(); ++i) {
      places[i] = table_->locate(requests[i].info_hash);
      table_->prefetch(places[i]);
    }
    for (size_t i = 0; i < requests.size(); ++i)
      keep(table_->announce(requests[i], places[i], kNumwant, kNow, {buffer_, {}}, random_));
  }

  [[nodiscard]] TorrentTable& table() { return *table_; }

 private:
  const Population& population_;
  const bool seeds_;
  const std::unique_ptr<TorrentTable> table_;
  Random random_{1};
  std::array<uint8_t, kNumwant * kCompactPeer4> buffer_{};
};

void measure_renewals(const Population& population, FullTable& full) {
  Random random(2);
  std::vector<AnnounceRequest> requests;
  for (size_t i = 0; i < kOperations; ++i)
    requests.push_back(full.request(random.below(population.size())));
  measure("table: renew, cold, no peers wanted", kOperations, [&] {
    for (const AnnounceRequest& request : requests) full.announce(request, 0);
  });
  measure("table: renew, cold, 30 peers", kOperations, [&] {
    for (const AnnounceRequest& request : requests) full.announce(request, kNumwant);
  });
  measure("table: renew, batches of 32, 30 peers", kOperations, [&] {
    const std::span<const AnnounceRequest> all(requests);
    for (size_t i = 0; i + 32 <= all.size(); i += 32) full.announce_batch(all.subspan(i, 32));
  });
  measure("table: scrape, cold", kOperations, [&] {
    for (const AnnounceRequest& request : requests) {
      keep(full.table().scrape(request.info_hash, full.table().locate(request.info_hash), kNow));
    }
  });
}

void measure_scan(size_t count) {
  std::vector<Peer4> peers(count);
  for (size_t i = 0; i < count; ++i)
    peers[i] = {{10, 0, static_cast<uint8_t>(i >> 8U), static_cast<uint8_t>(i), 1, 1}, 0, 0};
  const Peer4 absent{{11, 0, 0, 0, 1, 1}, 0, 0};
  const auto scan_all = [&](PeerScan scan) {
    for (size_t i = 0; i < kOperations; ++i) keep(find_peer(scan, peers.data(), count, absent));
  };
  const std::string size = std::to_string(count) + " peers";
  measure("scan of " + size + ", portable", kOperations, [&] { scan_all(PeerScan::portable); });
  const PeerScan best = best_peer_scan();
  if (best == PeerScan::portable) return;
  const std::string name = best == PeerScan::avx2 ? ", AVX2" : ", NEON";
  measure("scan of " + size + name, kOperations, [&] { scan_all(best); });
}

}  // namespace

void measure_table() {
  for (const size_t count : {4U, 32U, 192U}) measure_scan(count);
  PopulationOptions options;
  const Population population(options);
  const Duration before = own_cpu();
  FullTable full(population, true);
  const double spent = static_cast<double>((own_cpu() - before).count()) / population.size();
  std::printf("%-44s %9.1f ns\n", "table: 2M peers inserted, growing", spent);
  const TableTotals totals = full.table().totals();
  std::printf("%-44s %9.2f B a peer, %.1f B a torrent\n", "table: memory it says it holds",
              static_cast<double>(totals.bytes) / static_cast<double>(totals.peers),
              static_cast<double>(totals.bytes) / static_cast<double>(totals.torrents));
  measure_renewals(population, full);
}

}  // namespace ot::bench
