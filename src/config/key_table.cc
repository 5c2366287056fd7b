#include <array>
#include <type_traits>

#include "base/features.h"
#include "config/keys.h"

namespace ot {
namespace {

using std::chrono::days;
using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;

template <typename T>
constexpr bool kIsList = false;
template <typename T>
constexpr bool kIsList<std::vector<T>> = true;

// Parses with kParse and stores the value in settings.*kGroup.*kMember, or appends it to a list.
template <auto kParse, auto kGroup, auto kMember>
Fault store(Settings& settings, std::string_view text, const Range& range) {
  auto value = kParse(text, range);
  if (!value) return value.error();
  auto& member = settings.*kGroup.*kMember;
  using Member = std::remove_reference_t<decltype(member)>;
  if constexpr (kIsList<Member>) {
    member.push_back(std::move(*value));
  } else {
    member = static_cast<Member>(std::move(*value));
  }
  return std::nullopt;
}

template <auto kParse, auto kMember>
Fault tracker(Settings& settings, std::string_view text, const Range& range) {
  return store<kParse, &Settings::tracker, kMember>(settings, text, range);
}
template <auto kParse, auto kMember>
Fault access(Settings& settings, std::string_view text, const Range& range) {
  return store<kParse, &Settings::access, kMember>(settings, text, range);
}
template <auto kParse, auto kMember>
Fault livesync(Settings& settings, std::string_view text, const Range& range) {
  return store<kParse, &Settings::livesync, kMember>(settings, text, range);
}

// Checks the value and ignores it.
template <auto kParse>
Fault check_only(Settings& /*settings*/, std::string_view text, const Range& range) {
  const auto value = kParse(text, range);
  return value ? Fault() : Fault(value.error());
}

template <bool kTcp, bool kUdp, bool kProxied = false>
Fault listen(Settings& settings, std::string_view text, const Range& /*range*/) {
  const auto where = parse_listen_address(text);
  if (!where) return where.error();
  std::vector<ListenOption>& sockets = settings.listen.sockets;
  if (kTcp) sockets.push_back({ListenProtocol::tcp, where->port, where->address, kProxied});
  if (kUdp) {
    const uint32_t workers = settings.listen.udp_workers;
    sockets.push_back({ListenProtocol::udp, where->port, where->address, false, workers});
  }
  return std::nullopt;
}

template <typename T>
constexpr Range range_of(T min, T max, bool or_zero = false) {
  return {static_cast<uint64_t>(seconds(min).count()), static_cast<uint64_t>(seconds(max).count()),
          or_zero};
}
constexpr Range up_to(uint64_t max) { return {0, max}; }

constexpr Range kPathLength = up_to(4095);
constexpr Range kNameLength = up_to(64);
constexpr Range kUrlPathLength = up_to(128);
// The most that fits an error page (protocol/http_reply.h).
constexpr Range kLocationLength = up_to(256);
// From what every IPv4 host must accept to what fits in an Ethernet frame.
constexpr Range kPayload4{508, 1472};
constexpr Range kPayload6{508, 1452};
// A table with few torrents already takes several megabytes for its 1024 shards.
constexpr Range kMemory{16 << 20, UINT64_MAX, true};

using Listen = ListenSettings;
using Tracking = TrackerSettings;
using Access = AccessSettings;
using LiveSync = LiveSyncSettings;

constexpr std::array kKeys{
    Key{.name = "listen.udp.workers",
        .value = "N",
        .set = store<parse_count, &Settings::listen, &Listen::udp_workers>,
        .range = up_to(64),
        .default_text = "0",
        .effect = Effect::default_in_effect,
        .repeatable = true,
        .description = "threads for each UDP listener that follows; 0: the event loop serves it"},
    Key{.name = "listen.tcp_udp",
        .value = "ADDRESS[:PORT]",
        .set = listen<true, true>,
        .default_text = "*:6969",
        .repeatable = true,
        .description =
            "serve HTTP and UDP here; the default applies if no other listener is given"},
    Key{.name = "listen.tcp",
        .value = "ADDRESS[:PORT]",
        .set = listen<true, false>,
        .repeatable = true,
        .description = "serve HTTP here"},
    Key{.name = "listen.udp",
        .value = "ADDRESS[:PORT]",
        .set = listen<false, true>,
        .repeatable = true,
        .description = "serve UDP here"},
    Key{.name = "listen.tcp.proxy",
        .value = "ADDRESS[:PORT]",
        .set = listen<true, false, true>,
        .feature = &features::kIpFromProxy,
        .repeatable = true,
        .description = "serve HTTP here for proxies that speak the PROXY protocol"},

    Key{.name = "tracker.rootdir",
        .value = "DIR",
        .set = tracker<parse_path, &Tracking::rootdir>,
        .range = kPathLength,
        .default_text = ".",
        .description = "chroot here if started as root, otherwise change to it"},
    Key{.name = "tracker.user",
        .value = "USER|UID[:GID]",
        .set = tracker<parse_user, &Tracking::user>,
        .range = kNameLength,
        .default_text = "nobody",
        .description = "become this user if started as root"},

    Key{.name = "tracker.interval",
        .value = "DURATION",
        .set = tracker<parse_duration, &Tracking::interval>,
        .range = range_of(seconds(10), seconds(minutes(200))),
        .default_text = "30m",
        .description = "how long clients are asked to wait between two announces"},
    Key{.name = "tracker.interval_jitter",
        .value = "DURATION",
        .set = tracker<parse_duration, &Tracking::interval_jitter>,
        .range = range_of(seconds(0), seconds(minutes(200))),
        .default_text = "6m",
        .description = "random spread of the interval: up to half of this more or less"},
    Key{.name = "tracker.min_interval",
        .value = "DURATION",
        .set = tracker<parse_duration, &Tracking::min_interval>,
        .range = range_of(seconds(0), seconds(minutes(200))),
        .description = "the shortest time clients are asked to wait; default: half of interval"},
    Key{.name = "tracker.peer_timeout",
        .value = "DURATION",
        .set = tracker<parse_minutes, &Tracking::peer_timeout>,
        .range = range_of(minutes(1), minutes(200)),
        .default_text = "45m",
        .description = "a peer that has not announced for this long is removed"},
    Key{.name = "tracker.torrent_timeout",
        .value = "DURATION",
        .set = tracker<parse_minutes, &Tracking::torrent_timeout>,
        .range = range_of(minutes(1), minutes(days(45))),
        .default_text = "24h",
        .description = "how long a torrent without peers keeps its download count"},
    Key{.name = "tracker.numwant_default",
        .value = "N",
        .set = tracker<parse_count, &Tracking::numwant_default>,
        .range = up_to(2000),
        .default_text = "50",
        .description = "peers for a client that does not say how many it wants"},
    Key{.name = "tracker.numwant_max",
        .value = "N",
        .set = tracker<parse_count, &Tracking::numwant_max>,
        .range = {1, 2000},
        .default_text = "200",
        .description = "the most peers in one reply"},
    Key{.name = "tracker.udp_payload_v4",
        .value = "BYTES",
        .set = tracker<parse_size, &Tracking::udp_payload_v4>,
        .range = kPayload4,
        .default_text = "1352",
        .description = "the most bytes in a UDP reply over IPv4"},
    Key{.name = "tracker.udp_payload_v6",
        .value = "BYTES",
        .set = tracker<parse_size, &Tracking::udp_payload_v6>,
        .range = kPayload6,
        .default_text = "1232",
        .description = "the most bytes in a UDP reply over IPv6"},
    Key{.name = "tracker.http_timeout",
        .value = "DURATION",
        .set = tracker<parse_duration, &Tracking::http_timeout>,
        .range = range_of(seconds(1), seconds(hours(1))),
        .default_text = "30s",
        .description = "time for a complete HTTP request, and for a reply to make progress"},
    Key{.name = "tracker.keepalive_timeout",
        .value = "DURATION",
        .set = tracker<parse_duration, &Tracking::keepalive_timeout>,
        .range = range_of(seconds(1), seconds(hours(1))),
        .default_text = "5s",
        .feature = &features::kKeepAlive,
        .description = "how long an idle HTTP connection is kept"},
    Key{.name = "tracker.redirect_url",
        .value = "URL",
        .set = tracker<parse_url, &Tracking::redirect_url>,
        .range = kLocationLength,
        .description = "redirect browsers that ask for / to this URL"},

    Key{.name = "tracker.max_peers",
        .value = "N",
        .set = tracker<parse_count, &Tracking::max_peers>,
        .default_text = "0",
        .description = "the most peers stored; 0: no limit"},
    Key{.name = "tracker.max_peers_per_torrent",
        .value = "N",
        .set = tracker<parse_count, &Tracking::max_peers_per_torrent>,
        .range = up_to(UINT32_MAX),
        .default_text = "0",
        .description = "the most peers stored for one torrent; 0: no limit"},
    Key{.name = "tracker.max_memory",
        .value = "SIZE",
        .set = tracker<parse_size, &Tracking::max_memory>,
        .range = kMemory,
        .default_text = "0",
        .description = "the most memory for torrents and peers; 0: no limit"},
    Key{.name = "tracker.state_file",
        .value = "FILE",
        .set = tracker<parse_path, &Tracking::state_file>,
        .range = kPathLength,
        .description = "keep the peers here across a restart"},
    Key{.name = "tracker.state_interval",
        .value = "DURATION",
        .set = tracker<parse_duration, &Tracking::state_interval>,
        .range = range_of(seconds(10), seconds(days(1))),
        .default_text = "5m",
        .description = "how often the state file is written"},
    Key{.name = "tracker.load_statedump",
        .value = "FILE",
        .set = tracker<parse_path, &Tracking::load_statedump>,
        .range = kPathLength,
        .description = "load torrents and their download counts from this state dump at start"},
    Key{.name = "tracker.skip_bad_lines",
        .value = "yes|no",
        .set = tracker<parse_yes_no, &Tracking::skip_bad_lines>,
        .default_text = "no",
        .description = "skip invalid lines in that dump instead of refusing to start"},

    Key{.name = "access.whitelist",
        .value = "FILE",
        .set = access<parse_path, &Access::whitelist>,
        .range = kPathLength,
        .feature = &features::kWhitelist,
        .description = "serve only the info_hashes in this file"},
    Key{.name = "access.blacklist",
        .value = "FILE",
        .set = access<parse_path, &Access::blacklist>,
        .range = kPathLength,
        .feature = &features::kBlacklist,
        .description = "serve all but the info_hashes in this file"},
    Key{.name = "access.fifo_add",
        .value = "FIFO",
        .set = access<parse_path, &Access::fifo_add>,
        .range = kPathLength,
        .feature = &features::kDynamicAccesslist,
        .description = "info_hashes written here are added to the list"},
    Key{.name = "access.fifo_delete",
        .value = "FIFO",
        .set = access<parse_path, &Access::fifo_delete>,
        .range = kPathLength,
        .feature = &features::kDynamicAccesslist,
        .description = "info_hashes written here are deleted from the list"},
    Key{.name = "access.journal",
        .value = "FILE",
        .set = access<parse_path, &Access::journal>,
        .range = kPathLength,
        .feature = &features::kDynamicAccesslist,
        .description = "keep what came by FIFO here until the list holds it"},
    Key{.name = "access.watch",
        .value = "on|off",
        .set = access<parse_on_off, &Access::watch>,
        .default_text = "off",
        .description = "read a list or file of networks again when it changes, without SIGHUP"},
    Key{.name = "access.deny",
        .value = "FILE",
        .set = access<parse_path, &Access::deny>,
        .range = kPathLength,
        .description = "refuse all requests from the networks in this file"},
    Key{.name = "access.bless",
        .value = "NET",
        .set = access<parse_network, &Access::bless>,
        .repeatable = true,
        .description = "allowed to do everything that is restricted"},
    Key{.name = "access.stats",
        .value = "NET",
        .set = access<parse_network, &Access::stats>,
        .feature = &features::kRestrictStats,
        .repeatable = true,
        .description = "allowed to read the statistics; if set, all others are refused"},
    Key{.name = "access.stats_path",
        .value = "PATH",
        .set = access<parse_url_path, &Access::stats_path>,
        .range = kUrlPathLength,
        .default_text = "stats",
        .description = "path of the statistics under the tracker's URL"},
    Key{.name = "access.metrics_path",
        .value = "PATH",
        .set = access<parse_url_path, &Access::metrics_path>,
        .range = kUrlPathLength,
        .default_text = "metrics",
        .description = "path of the Prometheus metrics under the tracker's URL"},
    Key{.name = "access.fullscrape",
        .value = "NET",
        .set = access<parse_network, &Access::fullscrape>,
        .feature = &features::kFullScrape,
        .repeatable = true,
        .description = "allowed to fetch a full scrape; if set, all others are refused"},
    Key{.name = "access.proxy",
        .value = "NET",
        .set = access<parse_network, &Access::proxy>,
        .feature = &features::kIpFromProxy,
        .repeatable = true,
        .description = "a proxy that is trusted to name the client"},
    Key{.name = "access.proxy_file",
        .value = "FILE",
        .set = access<parse_path, &Access::proxy_file>,
        .range = kPathLength,
        .feature = &features::kIpFromProxy,
        .description = "more proxies that are trusted: the networks in this file"},
    Key{.name = "access.proxy_header",
        .value = "NAME",
        .set = access<parse_proxy_header_name, &Access::proxy_header>,
        .default_text = "X-Forwarded-For",
        .feature = &features::kIpFromProxy,
        .description = "the header in which proxies name the client"},
    Key{.name = "access.ip_from_query",
        .value = "NET",
        .set = access<parse_network, &Access::ip_from_query>,
        .feature = &features::kIpFromQueryString,
        .repeatable = true,
        .description = "allowed to announce an address other than its own"},
    Key{.name = "access.udp_reject_interval",
        .value = "DURATION",
        .set = access<parse_duration, &Access::udp_reject_interval>,
        .range = range_of(minutes(1), minutes(days(30)), true),
        .default_text = "0",
        .description =
            "answer UDP announces of refused torrents with this interval; 0: with an error"},

    Key{.name = "livesync.cluster.listen",
        .value = "IP[:PORT]",
        .set = livesync<parse_sync_endpoint, &LiveSync::listen>,
        .feature = &features::kLiveSync,
        .effect = Effect::warns,
        .description = "share peers with other trackers on this address; default port 9696"},
    Key{.name = "livesync.cluster.node_ip",
        .value = "NET",
        .set = livesync<parse_network, &LiveSync::nodes>,
        .feature = &features::kLiveSync,
        .effect = Effect::warns,
        .repeatable = true,
        .description = "a tracker of the cluster; packets from other addresses are dropped"},
    Key{.name = "livesync.cluster.key",
        .value = "FILE",
        .set = livesync<parse_path, &LiveSync::key_file>,
        .range = kPathLength,
        .feature = &features::kLiveSync,
        .effect = Effect::warns,
        .description = "the secret that the trackers of the cluster share"},
    Key{.name = "batchsync.cluster.admin_ip",
        .value = "IP",
        .set = check_only<parse_network>,
        .effect = Effect::warns,
        .repeatable = true,
        .description = "accepted for old files; does nothing"},
};

}  // namespace

std::span<const Key> all_keys() { return kKeys; }

}  // namespace ot
