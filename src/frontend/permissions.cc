#include "frontend/permissions.h"

#include "protocol/forwarded.h"

namespace ot {
namespace {

bool is_in(const Networks& networks, const ClientAddress& client) {
  return client.has_rights() && networks.contains(client.connection);
}

// Whether only the networks of access.stats and access.bless see statistics.
bool shows_none(const PermissionRules& rules) { return rules.stats_shut || !rules.stats.empty(); }

bool is_this_machine(const ClientAddress& client, const RequestHead& head) {
  return client.has_rights() && client.connection.is_loopback() && !has_proxy_trace(head.fields) &&
         is_asked_by_address(head);
}

}  // namespace

bool may_see(const PermissionRules& rules, Shows what, const ClientAddress& client,
             const RequestHead& head) {
  if (is_in(rules.bless, client) || is_in(rules.stats, client)) return true;
  if (shows_none(rules)) return false;
  return what == Shows::sums || (what == Shows::torrents && is_this_machine(client, head));
}

std::string explain_denial(const PermissionRules& rules, Shows what, const ClientAddress& client) {
  std::string text = "statistics";
  if (!shows_none(rules))
    text += what == Shows::networks ? " that name networks" : " that name torrents";
  text += " are only for the networks of access.stats and access.bless (-A)";
  if (!shows_none(rules) && what == Shows::torrents)
    text += ", and for this machine if it asks by address or as localhost, without a proxy";
  if (RefusalText reason; client.refusal) text += ". " + std::string(describe(client, reason));
  return text;
}

bool may_scrape_all(const PermissionRules& rules, const ClientAddress& client) {
  return rules.fullscrape.empty() || is_in(rules.fullscrape, client) || is_in(rules.bless, client);
}

bool may_change(const PermissionRules& rules, const ClientAddress& client,
                const RequestHead& head) {
  return is_in(rules.bless, client) && !has_proxy_trace(head.fields) &&
         find_field(head, "X-Opentracker") == "change" && is_asked_by_address(head);
}

}  // namespace ot
