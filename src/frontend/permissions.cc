#include "frontend/permissions.h"

#include "protocol/forwarded.h"
#include "protocol/http_message.h"

namespace ot {
namespace {

bool may_see_names_without_rule(const ClientAddress& client, std::string_view fields) {
  return client.has_rights() && client.connection.is_loopback() && !has_proxy_trace(fields);
}

// The owner of a name can point it at any address, this tracker's included. A browser then takes a
// page from that name and the tracker for one site, and sends whatever the page wants.
bool is_asked_by_address(const RequestHead& head) {
  constexpr uint16_t kAnyPort = 1;
  const auto host = find_field(head, "Host");
  return !host || *host == "localhost" || host->starts_with("localhost:") ||
         Endpoint::parse(*host, kAnyPort).has_value();
}

bool asks_to_change(std::string_view fields) {
  RequestHead head;
  head.fields = fields;
  return find_field(head, "X-Opentracker") == "change" && is_asked_by_address(head);
}

}  // namespace

bool may_see(const PermissionRules& rules, Sight sight, const ClientAddress& client,
             std::string_view fields) {
  const auto is_in = [&client](const Networks& networks) {
    return client.has_rights() && networks.contains(client.connection);
  };
  if (is_in(rules.bless)) return true;
  const Networks& allowed = sight == Sight::full_scrape ? rules.fullscrape : rules.stats;
  if (!allowed.empty()) return is_in(allowed);
  if (sight == Sight::full_scrape) return true;
  if (rules.stats_shut) return false;
  return sight == Sight::counters || may_see_names_without_rule(client, fields);
}

bool may_change(const PermissionRules& rules, const ClientAddress& client,
                std::string_view fields) {
  return client.has_rights() && rules.bless.contains(client.connection) &&
         !has_proxy_trace(fields) && asks_to_change(fields);
}

}  // namespace ot
