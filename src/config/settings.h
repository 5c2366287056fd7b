// The configuration in force as plain values, grouped like the keys.
//
// A default-constructed Settings has no values, not even the defaults: those are texts in the table
// of keys, and configure() (configuration.h) fills them in and checks them. Immutable once the
// program runs; any thread may read it.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/ip_address.h"

namespace ot {

enum class ListenProtocol : uint8_t { tcp, udp };

struct ListenOption {
  ListenProtocol protocol = ListenProtocol::tcp;
  uint16_t port = 0;
  // Without a value: every address of both families.
  std::optional<IpAddress> address = std::nullopt;
  // For TCP: each connection begins with a PROXY protocol header.
  bool proxied = false;
  // For UDP: how many threads serve it; 0: the event loop does.
  uint32_t workers = 0;
  // Where it was written, for messages: "opentracker.conf:12: listen.tcp", "-p"; empty: a default.
  std::string place = {};
};

struct ListenSettings {
  std::vector<ListenOption> sockets;
  // Whether the sockets are the default, TCP and UDP 6969, because none were asked for.
  bool by_default = false;
  // The number of workers for the next UDP listener.
  uint32_t udp_workers = 0;
};

// Paths are as written, relative to rootdir, and opened after the chroot. Empty: not configured.
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
  // 0: no limit. Memory is in bytes.
  uint64_t max_peers = 0;
  uint32_t max_peers_per_torrent = 0;
  uint64_t max_memory = 0;
  // The most bytes in a reply.
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
  std::string journal;
  bool watch = false;
  std::string deny;
  // Allowed to do everything that is restricted (-A).
  std::vector<Network> bless;
  std::vector<Network> stats;
  std::string stats_path;
  std::string metrics_path;
  std::vector<Network> fullscrape;
  std::vector<Network> proxy;
  std::string proxy_file;
  std::string proxy_header;
  std::vector<Network> ip_from_query;
  // 0: an error instead.
  std::chrono::seconds udp_reject_interval{};
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
  // Where the value of a key comes from, for keys that a file or a flag sets:
  // "opentracker.conf:12: access.whitelist: ", "-w: ".
  std::map<std::string, std::string, std::less<>> places;

  // The start of a message about the value of `key`.
  [[nodiscard]] std::string place(std::string_view key) const {
    const auto found = places.find(key);
    return found == places.end() ? std::string(key) + ": " : found->second;
  }
  // The same as ListenOption::place; empty for a default.
  [[nodiscard]] std::string written_at(std::string_view key) const {
    const auto found = places.find(key);
    return found == places.end() ? "" : found->second.substr(0, found->second.size() - 2);
  }
};

}  // namespace ot
