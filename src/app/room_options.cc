#include "app/room_options.h"

#include <algorithm>
#include <cassert>

#include "base/features.h"
#include "protocol/forwarded.h"

namespace ot {
namespace {

// The configured list decides the mode. Without one everything is served, except by a build that
// has white lists only.
AccessMode access_mode(const AccessSettings& access) {
  if (!access.whitelist.empty()) return AccessMode::white;
  if (!access.blacklist.empty()) return AccessMode::black;
  if (features::kWhitelist && !features::kBlacklist) return AccessMode::white;
  // With only one kind of list built in, the FIFOs can only be meant for that kind.
  const bool knows_black_only = features::kBlacklist && !features::kWhitelist;
  if (knows_black_only && !(access.fifo_add.empty() && access.fifo_delete.empty())) {
    return AccessMode::black;
  }
  return AccessMode::open;
}

ListOptions list_options(const AccessSettings& access) {
  const AccessMode mode = access_mode(access);
  return {mode,
          mode == AccessMode::white ? access.whitelist : access.blacklist,
          access.fifo_add,
          access.fifo_delete,
          access.journal,
          access.watch};
}

AddressRules address_rules(const AccessSettings& access) {
  return {Networks(access.proxy), Networks(access.ip_from_query),
          parse_forwarded_header(access.proxy_header).value_or(ForwardedHeader::x_forwarded_for),
          DeniedNetworks(Networks(access.bless))};
}

PermissionRules permission_rules(const AccessSettings& access) {
  return {Networks(access.bless), Networks(access.stats), Networks(access.fullscrape)};
}

}  // namespace

RoomOptions room_options(const Settings& settings) {
  assert(settings.tracker.numwant_max > 0);
  const TrackerSettings& tracker = settings.tracker;
  RoomOptions options;
  options.lists = list_options(settings.access);
  options.network_files = {settings.access.deny, settings.access.proxy_file, settings.access.proxy,
                           settings.access.watch};
  options.addresses = address_rules(settings.access);
  options.state_file = tracker.state_file;
  options.state_interval = tracker.state_interval;
  options.dump = {tracker.load_statedump,
                  tracker.skip_bad_lines ? BadLines::skipped : BadLines::refused,
                  tracker.torrent_timeout};
  options.table.peer_timeout = tracker.peer_timeout;
  options.table.torrent_timeout = tracker.torrent_timeout;
  options.table.max_peers = tracker.max_peers;
  options.table.max_peers_per_torrent = tracker.max_peers_per_torrent;
  options.table.max_memory = tracker.max_memory;
  options.policy.interval = tracker.interval;
  options.policy.interval_jitter = tracker.interval_jitter;
  options.policy.min_interval = tracker.min_interval;
  options.policy.numwant_default = tracker.numwant_default;
  options.policy.numwant_max = tracker.numwant_max;
  options.udp.udp_reject_interval = settings.access.udp_reject_interval;
  options.udp.udp_payload_v4 = tracker.udp_payload_v4;
  options.udp.udp_payload_v6 = tracker.udp_payload_v6;
  options.http.stats_path = settings.access.stats_path;
  options.http.metrics_path = settings.access.metrics_path;
  options.http.redirect_url = tracker.redirect_url;
  options.http.permissions = permission_rules(settings.access);
  options.tcp.http_timeout = tracker.http_timeout;
  options.tcp.keepalive_timeout = tracker.keepalive_timeout;
  options.tcp.max_reply = std::max(options.tcp.max_reply, HttpFrontend::max_reply(options.policy));
  return options;
}

}  // namespace ot
