// Decides, in this one place, who may see statistics and full scrapes.
//
// The networks of access.bless (-A) see everything. If access.stats is set, all statistics are for
// its networks only. Otherwise sums are open to everyone. Statistics that name torrents are then
// for this machine: for a loopback address, if nothing in the request shows a proxy (behind a proxy
// on this machine every client has a loopback address), and if it asks by address or "localhost"
// (the owner of a name can point it at this tracker, and a browser then lets his pages read the
// reply: DNS rebinding). Statistics that name networks are for nobody else at all: a proxy on this
// machine that adds no header, as nginx does by default, would lend them to the world. A build that
// restricts statistics by its switch shows none of this. Full scrapes are open to everyone unless
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

#include <string>
#include <string_view>

#include "access/networks.h"
#include "base/features.h"
#include "frontend/client_address.h"
#include "protocol/http_message.h"
#include "stats/modes.h"

namespace ot {

// The networks have the names of their keys: access.bless (-A), access.stats, access.fullscrape.
struct PermissionRules {
  Networks bless;
  Networks stats;
  Networks fullscrape;
  // Whether statistics are shown to nobody but `stats` and `bless`, even if `stats` is empty.
  bool stats_shut = features::kStatsShutUnlessAllowed;
};

// Whether the client may see statistics that show that.
[[nodiscard]] bool may_see(const PermissionRules& rules, Shows what, const ClientAddress& client,
                           const RequestHead& head);
// Why it may not: a sentence for the 403 that names the keys which permit it. It is the same for
// all statistics if the client may see none.
[[nodiscard]] std::string explain_denial(const PermissionRules& rules, Shows what,
                                         const ClientAddress& client);

[[nodiscard]] bool may_scrape_all(const PermissionRules& rules, const ClientAddress& client);
inline constexpr std::string_view kMayNotScrapeAll =
    "full scrapes are only for the networks of access.fullscrape and access.bless (-A)";

// Whether the client may change what the tracker does.
[[nodiscard]] bool may_change(const PermissionRules& rules, const ClientAddress& client,
                              const RequestHead& head);
inline constexpr std::string_view kMayNotChange =
    "Only the networks of access.bless (-A) may do this: without a proxy, by the tracker's address "
    "and with the header line X-Opentracker: change";

}  // namespace ot
