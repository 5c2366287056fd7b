// Decides, in this one place, who may see statistics and full scrapes.
//
// The networks of access.bless (-A) see everything. If access.stats is set, all statistics are for
// its networks only. Otherwise the counters are open to everyone, and statistics that name torrents
// or networks are for this machine only: for a loopback address, if nothing in the request shows a
// proxy (behind a proxy on this machine every client has a loopback address). A build that
// restricts statistics by its switch shows neither. Full scrapes are open to everyone unless
// access.fullscrape names networks.
//
// Only access.bless may change the running tracker: directly, not through a proxy; by the tracker's
// address, not a name; and with a header line that a web page cannot make a browser send to another
// site. Otherwise a malicious page could change settings through an admin's browser (CSRF).
//
// The client's address decides, after proxies are resolved. A client whose address is uncertain,
// because a proxy does not name it or names what may be another proxy, has no rights. Pure, without
// allocation.
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
  // Whether statistics are shown to nobody but `stats` and `bless`, even if `stats` is empty.
  bool stats_shut = features::kStatsShutUnlessAllowed;
};

enum class Sight : uint8_t {
  counters,     // statistics that are sums
  names,        // statistics that name torrents, peers or networks
  full_scrape,  // all torrents
};

// Whether the client may see `sight`. `fields` are the header lines of its request.
[[nodiscard]] bool may_see(const PermissionRules& rules, Sight sight, const ClientAddress& client,
                           std::string_view fields);

// Whether the client may change what the tracker does.
[[nodiscard]] bool may_change(const PermissionRules& rules, const ClientAddress& client,
                              std::string_view fields);
inline constexpr std::string_view kMayNotChange =
    "Only the networks of access.bless (-A) may do this: without a proxy, by the tracker's address "
    "and with the header line X-Opentracker: change";

}  // namespace ot
