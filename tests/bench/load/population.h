// Who announces what: a fixed, repeatable crowd of peers on a fixed set of torrents.
//
// Peer k is in a torrent drawn by the law, has one of `sources` addresses and a port such that no
// two peers share address and port. All of this depends only on the seed and k, so a crowd of 10M
// begins with the crowd of 2M, and replies can be checked because every address and port identifies
// a peer. Const after construction.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "base/ip_address.h"
#include "bittorrent/info_hash.h"

namespace ot::bench {

enum class Law : uint8_t {
  uniform,    // all torrents equally likely
  skewed,     // w(i) = 1/2 + exp(6.5 - 500 i / N): a few large swarms, most peers on small ones
  long_tail,  // w(i) = 1 / (i + 1)
};

struct PopulationOptions {
  Law law = Law::skewed;
  uint32_t torrents = 1'000'000;
  uint32_t peers = 2'000'000;
  uint32_t sources = 256;
  uint64_t seed = 1;
  double seeder_share = 0.5;
  double ipv6_share = 0;
};

class Population {
 public:
  // `sources` is raised if peers would otherwise have to share address and port.
  explicit Population(const PopulationOptions& options);

  [[nodiscard]] uint32_t size() const { return static_cast<uint32_t>(torrent_of_.size()); }
  [[nodiscard]] uint32_t torrents() const { return options_.torrents; }
  // The number of addresses of each family: IPv4 from 127.1.0.0 up, and ::1.
  [[nodiscard]] uint32_t sources() const { return options_.sources; }
  [[nodiscard]] bool has_ipv6() const { return options_.ipv6_share > 0; }

  [[nodiscard]] uint32_t torrent_of(uint32_t peer) const { return torrent_of_[peer]; }
  [[nodiscard]] InfoHash info_hash(uint32_t torrent) const;
  [[nodiscard]] bool is_seeder(uint32_t peer) const;
  [[nodiscard]] bool is_ipv6(uint32_t peer) const;
  // The index of its IPv4 address, whichever family it uses.
  [[nodiscard]] uint32_t source_of(uint32_t peer) const { return peer % options_.sources; }
  [[nodiscard]] uint16_t port_of(uint32_t peer) const {
    const uint32_t port = is_ipv6(peer) ? peer : peer / options_.sources;
    return static_cast<uint16_t>(1 + port % kPorts);
  }
  // The peer with this IPv4 address (host order) and port, if there is one.
  [[nodiscard]] std::optional<uint32_t> find(uint32_t address, uint16_t port) const;
  // The number of torrents that have any of the peers [0, end).
  [[nodiscard]] uint32_t torrents_of_first(uint32_t end) const;

  [[nodiscard]] static uint32_t source_address(uint32_t source) { return kFirstSource + source; }

 private:
  static constexpr uint32_t kPorts = 65535;
  static constexpr uint32_t kFirstSource = 0x7F010000;  // 127.1.0.0

  [[nodiscard]] double share_of(uint32_t peer, uint64_t purpose) const;

  PopulationOptions options_;
  std::vector<uint32_t> torrent_of_;
};

}  // namespace ot::bench
