// What an HTTP request asks of a tracker: routes, and the parameters of announce and scrape (BEP 3,
// BEP 7, BEP 21, BEP 23, BEP 48).
//
// Pure functions over views, no allocation. Parameters may come in any order. If one is repeated,
// the first counts, except that an announce must have info_hash only once. Other parameters
// (peer_id, key, trackerid, uploaded, ip, ...) are ignored without decoding them.
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
  std::string_view query;  // what follows the '?', still encoded
};

// The paths of the statistics, decoded and without a leading slash.
struct StatsPaths {
  std::string_view stats = "stats";
  std::string_view metrics = "metrics";
};

// Routes the target of a RequestHead. The path is decoded, and its leading slashes are
// dropped. First come the exact paths: paths.stats, paths.stats with ".json" appended, and
// paths.metrics. Then a path that begins with "sc" is a scrape ("scrape" without a '?' is the full
// scrape), and a path that begins with "a", or an empty path with a query, is an announce.
[[nodiscard]] RoutedTarget route(std::string_view target, const StatsPaths& paths);

// The faulty parameter and a sentence for `failure reason`, both static text.
struct BadParameter {
  std::string_view parameter;
  std::string_view reason;
  // Whether this torrent will never be served to this client. Else something on the way may be
  // wrong, such as a proxy that drops the query, or a setting that its user changes.
  bool is_final = false;
};

// compact=0 asks for dictionaries; other clients get 6 or 18 bytes a peer.
enum class PeerForm : uint8_t { compact, dictionary };

struct HttpAnnounce {
  AnnounceRequest request;
  PeerForm form = PeerForm::compact;
};

// Parses the announce in `query`, sent by the peer at `address`. Errors: info_hash is missing,
// repeated or not 20 bytes; port is missing, not a number, or not 1 to 65535 (any number will do if
// the event is stopped); left is not a number; info_hash, port, left or event has a bad escape.
[[nodiscard]] Result<HttpAnnounce, BadParameter> parse_announce(std::string_view query,
                                                                const IpAddress& address);

// The maximum of hashes in a scrape; more are ignored.
inline constexpr size_t kMaxScrapeHashes = 64;

// Parses the first out.size() info_hashes of `query`, sorts them, removes duplicates, and returns
// how many remain; `out` must not be empty. Errors: there is no info_hash, or one is not 20 bytes
// or has a bad escape.
[[nodiscard]] Result<size_t, BadParameter> parse_scrape(std::string_view query,
                                                        std::span<InfoHash> out);

}  // namespace ot
