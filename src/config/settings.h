// The effective configuration as plain values, grouped as its keys are: what the program runs by.
//
// A default-constructed Settings is empty: the defaults are texts in the table of keys, and
// configure() (configuration.h) is what fills one, checks it and says where each value came from.
// Immutable once the program runs; any thread may read it.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/ip_address.h"

namespace ot {

enum class ListenProtocol : uint8_t { tcp, udp };

struct ListenOption {
  ListenProtocol protocol = ListenProtocol::tcp;
  uint16_t port = 0;
  // None: every address of both families.
  std::optional<IpAddress> address = std::nullopt;
  // TCP: each connection begins with a PROXY protocol header.
  bool proxied = false;
  // UDP: threads of its own; 0: served by the event loop.
  uint32_t workers = 0;
};

struct ListenSettings {
  std::vector<ListenOption> sockets;
  // Nobody has asked for them: TCP and UDP 6969.
  bool by_default = false;
  // What the next UDP listener gets.
  uint32_t udp_workers = 0;
};

// Paths are as written: relative to rootdir, opened after the chroot. Empty: not configured.
struct TrackerSettings {
  std::string rootdir;
  std::string user;
  std::string redirect_url;
  std::chrono::seconds interval{};
  std::chrono::seconds interval_jitter{};
  std::chrono::seconds min_interval{};
  std::chrono::minutes peer_timeout{};
  std::chrono::minutes torrent_timeout{};
  uint32_t numwant_default = 0;
  uint32_t numwant_max = 0;
  // 0: no limit; memory in bytes.
  uint64_t max_peers = 0;
  uint32_t max_peers_per_torrent = 0;
  uint64_t max_memory = 0;
  // Bytes of a reply.
  uint32_t udp_payload_v4 = 0;
  uint32_t udp_payload_v6 = 0;
  std::chrono::seconds http_timeout{};
  std::chrono::seconds keepalive_timeout{};
  std::string state_file;
  std::chrono::seconds state_interval{};
  std::string load_statedump;
  bool skip_bad_lines = false;
};

struct AccessSettings {
  std::string whitelist;
  std::string blacklist;
  std::string fifo_add;
  std::string fifo_delete;
  // May do everything that is restricted (-A).
  std::vector<Network> bless;
  std::vector<Network> stats;
  std::string stats_path;
  std::string metrics_path;
  std::vector<Network> fullscrape;
  std::vector<Network> proxy;
  std::string proxy_header;
  std::vector<Network> ip_from_query;
};

struct LiveSyncSettings {
  std::optional<Endpoint> listen;
  std::vector<Network> nodes;
  std::string key_file;
};

struct Settings {
  ListenSettings listen;
  TrackerSettings tracker;
  AccessSettings access;
  LiveSyncSettings livesync;
};

}  // namespace ot
