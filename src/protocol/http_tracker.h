// What an HTTP request asks of a tracker: routes, announce and scrape parameters (BEP 3, BEP 7,
// BEP 21, BEP 23, BEP 48).
//
// Pure functions over views, no allocation. Parameters come in any order; of a repeated one the
// first counts, except info_hash, which an announce has once. Parameters without a rule here
// (peer_id, key, trackerid, uploaded, ip, ...) are not even decoded.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

#include "base/ip_address.h"
#include "base/result.h"
#include "bittorrent/announce.h"
#include "bittorrent/info_hash.h"

namespace ot {

enum class Route : uint8_t {
  announce,
  scrape,
  full_scrape,
  stats,
  stats_json,
  metrics,
  root,
  not_found
};

struct RoutedTarget {
  Route route = Route::not_found;
  std::string_view query;  // behind the '?', raw; empty if there is none
};

// Where a tracker has its statistics, without a leading slash.
struct StatsPaths {
  std::string_view stats = "stats";
  std::string_view metrics = "metrics";
};

// Routes a raw target that begins with '/'. Leading slashes do not count and the path is taken
// decoded. Matched exactly, and first: paths.stats, the same with ".json" behind it, and
// paths.metrics. Then any path that begins with "sc" scrapes ("scrape" without a '?' is the full
// scrape), any that begins with "a" announces, and so does an empty path with a query.
[[nodiscard]] RoutedTarget route(std::string_view target, const StatsPaths& paths);

// Static text: the parameter at fault, and a sentence for `failure reason`.
struct BadParameter {
  std::string_view parameter;
  std::string_view reason;
};

// compact=0 asks for dictionaries; everybody else gets 6 or 18 bytes a peer.
enum class PeerForm : uint8_t { compact, dictionary };

struct HttpAnnounce {
  AnnounceRequest request;
  PeerForm form = PeerForm::compact;
};

// The announce in `query`, by the peer at `address`. Errors: info_hash absent, repeated or not 20
// bytes; port absent, no number, or (unless the event is stopped) not 1 to 65535; left no number; a
// bad escape in info_hash, port, left or event.
[[nodiscard]] Result<HttpAnnounce, BadParameter> parse_announce(std::string_view query,
                                                                const IpAddress& address);

// The most hashes of one scrape; those behind are left out.
inline constexpr size_t kMaxScrapeHashes = 64;

// The first out.size() info_hashes of `query`, sorted and without repetitions; answers how many
// that left. Errors: none there, not 20 bytes, a bad escape.
[[nodiscard]] Result<size_t, BadParameter> parse_scrape(std::string_view query,
                                                        std::span<InfoHash> out);

}  // namespace ot
