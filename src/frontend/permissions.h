// Who may see what: the one place that decides over statistics and full scrapes.
//
// Those in access.bless (-A) see everything. Beyond them, access.stats opens all statistics to its
// networks and shuts them for everybody else. Without it the counters are open to all, and what
// names torrents or networks only to this machine: to a loopback address in whose request nothing
// tells of a proxy, for behind a proxy on this machine all the world has a loopback address. A
// build whose makers asked for restricted statistics by name shows neither. Full scrapes are open
// to all unless access.fullscrape names networks.
//
// Changes of the running tracker are for access.bless alone, asked for directly, not through a
// proxy, by the tracker's address, not a name, and with a header line that a web page cannot make a
// browser send to another site: else whoever lured a blessed person to a page would change what he
// likes.
//
// Judged is the client's address, proxies resolved; one that is not known for sure (a proxy that
// does not say whom it speaks for) has no rights. Pure, without allocation.
#pragma once

#include <cstdint>
#include <string_view>

#include "access/networks.h"
#include "base/features.h"
#include "frontend/client_address.h"

namespace ot {

// The networks have the names of their keys: access.bless (-A), access.stats, access.fullscrape.
struct PermissionRules {
  Networks bless;
  Networks stats;
  Networks fullscrape;
  // Whether statistics need a network in `stats` or `bless` to be seen at all.
  bool stats_shut = features::kStatsShutUnlessAllowed;
};

enum class Sight : uint8_t {
  counters,     // statistics that are sums
  names,        // statistics that name torrents, peers or networks
  full_scrape,  // all torrents there are
};

// Whether the client may see it. `fields` are the header lines of its request.
[[nodiscard]] bool may_see(const PermissionRules& rules, Sight sight, const ClientAddress& client,
                           std::string_view fields);

// Whether the client may change what the tracker does.
[[nodiscard]] bool may_change(const PermissionRules& rules, const ClientAddress& client,
                              std::string_view fields);
inline constexpr std::string_view kMayNotChange =
    "This is for the networks of access.bless (-A), directly, by address and with the header line "
    "X-Opentracker: change";

}  // namespace ot
