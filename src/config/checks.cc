#include "config/checks.h"

#include "base/duration_text.h"

#include <algorithm>
#include <array>
#include <filesystem>

namespace ot {
namespace {

using std::chrono::seconds;

std::string text_of(seconds duration) { return format_duration(duration); }

// Somebody announces after interval + jitter / 2 at the latest.
seconds latest_announce(const TrackerSettings& tracker) {
  return tracker.interval + tracker.interval_jitter / 2;
}

Fault interval_below_peer_timeout(const Settings& settings) {
  const TrackerSettings& tracker = settings.tracker;
  if (tracker.interval < tracker.peer_timeout) return std::nullopt;
  return "tracker.interval (" + text_of(tracker.interval) +
         ") must be less than tracker.peer_timeout (" + text_of(tracker.peer_timeout) +
         "), or peers are forgotten between two announces; the timeout may be up to 200m";
}

Fault jitter_below_peer_timeout(const Settings& settings) {
  const TrackerSettings& tracker = settings.tracker;
  if (tracker.interval >= tracker.peer_timeout) return std::nullopt;  // said already
  if (latest_announce(tracker) < tracker.peer_timeout) return std::nullopt;
  return "half of tracker.interval_jitter (" + text_of(tracker.interval_jitter) +
         ") must leave tracker.interval (" + text_of(tracker.interval) +
         ") less than tracker.peer_timeout (" + text_of(tracker.peer_timeout) + ")";
}

Fault jitter_within_interval(const Settings& settings) {
  const TrackerSettings& tracker = settings.tracker;
  if (tracker.interval_jitter <= tracker.interval) return std::nullopt;
  return "tracker.interval_jitter (" + text_of(tracker.interval_jitter) +
         ") must not be more than tracker.interval (" + text_of(tracker.interval) + ")";
}

Fault min_interval_within_interval(const Settings& settings) {
  const TrackerSettings& tracker = settings.tracker;
  if (tracker.min_interval <= tracker.interval) return std::nullopt;
  return "tracker.min_interval (" + text_of(tracker.min_interval) +
         ") must not be more than tracker.interval (" + text_of(tracker.interval) + ")";
}

Fault numwant_default_within_max(const Settings& settings) {
  const TrackerSettings& tracker = settings.tracker;
  if (tracker.numwant_default <= tracker.numwant_max) return std::nullopt;
  return "tracker.numwant_default (" + std::to_string(tracker.numwant_default) +
         ") must not be more than tracker.numwant_max (" + std::to_string(tracker.numwant_max) +
         ")";
}

Fault one_list(const Settings& settings) {
  if (settings.access.whitelist.empty() || settings.access.blacklist.empty()) return std::nullopt;
  return "access.whitelist and access.blacklist exclude each other; keep one of them";
}

Fault two_fifos(const Settings& settings) {
  if (settings.access.fifo_add.empty()) return std::nullopt;
  if (settings.access.fifo_add != settings.access.fifo_delete) return std::nullopt;
  return "access.fifo_add and access.fifo_delete are one file; adding and deleting need two";
}

// However it is written: the first writing would replace what is there.
Fault apart_from_state(const Settings& settings, const std::string& path, std::string_view key) {
  const std::string& state = settings.tracker.state_file;
  if (state.empty() || path.empty()) return std::nullopt;
  const auto plain = [](const std::string& name) {
    return std::filesystem::path(name).lexically_normal();
  };
  if (plain(state) != plain(path)) return std::nullopt;
  return "tracker.state_file (" + state + ") and " + std::string(key) +
         " are one file, and the tracker would overwrite it; give the state file one of its own";
}

Fault state_apart_from_dump(const Settings& settings) {
  return apart_from_state(settings, settings.tracker.load_statedump, "tracker.load_statedump");
}

Fault state_apart_from_whitelist(const Settings& settings) {
  return apart_from_state(settings, settings.access.whitelist, "access.whitelist");
}

Fault state_apart_from_blacklist(const Settings& settings) {
  return apart_from_state(settings, settings.access.blacklist, "access.blacklist");
}

Fault state_apart_from_fifo_add(const Settings& settings) {
  return apart_from_state(settings, settings.access.fifo_add, "access.fifo_add");
}

Fault state_apart_from_fifo_delete(const Settings& settings) {
  return apart_from_state(settings, settings.access.fifo_delete, "access.fifo_delete");
}

Fault paths_differ(const Settings& settings) {
  const AccessSettings& access = settings.access;
  if (access.metrics_path != access.stats_path &&
      access.metrics_path != access.stats_path + ".json")
    return std::nullopt;
  return "access.stats_path (" + access.stats_path + ") and access.metrics_path (" +
         access.metrics_path + ") take requests from each other";
}

Fault proxies_are_known(const Settings& settings) {
  const std::vector<ListenOption>& sockets = settings.listen.sockets;
  const bool any_proxied = std::any_of(sockets.begin(), sockets.end(),
                                       [](const ListenOption& socket) { return socket.proxied; });
  if (!any_proxied || !settings.access.proxy.empty()) return std::nullopt;
  return "nobody could connect to a listen.tcp.proxy without an access.proxy; name the proxies "
         "there";
}

bool is_taken(std::string_view path) {
  return path == "announce" || path == "announce.php" || path == "scrape" || path == "scrape.php";
}

Fault paths_are_free(const Settings& settings) {
  const AccessSettings& access = settings.access;
  for (const std::string& path : {access.stats_path, access.metrics_path}) {
    if (is_taken(path)) return "'" + path + "' is where clients announce and scrape; take another";
  }
  return std::nullopt;
}

constexpr std::array<Check, 15> kChecks{{
    {"tracker.interval", "tracker.peer_timeout", interval_below_peer_timeout},
    {"tracker.interval_jitter", "tracker.interval", jitter_within_interval},
    {"tracker.interval_jitter", "tracker.peer_timeout", jitter_below_peer_timeout},
    {"tracker.min_interval", "tracker.interval", min_interval_within_interval},
    {"tracker.numwant_default", "tracker.numwant_max", numwant_default_within_max},
    {"access.whitelist", "access.blacklist", one_list},
    {"access.fifo_add", "access.fifo_delete", two_fifos},
    {"tracker.state_file", "tracker.load_statedump", state_apart_from_dump},
    {"tracker.state_file", "access.whitelist", state_apart_from_whitelist},
    {"tracker.state_file", "access.blacklist", state_apart_from_blacklist},
    {"tracker.state_file", "access.fifo_add", state_apart_from_fifo_add},
    {"tracker.state_file", "access.fifo_delete", state_apart_from_fifo_delete},
    {"listen.tcp.proxy", "access.proxy", proxies_are_known},
    {"access.stats_path", "access.metrics_path", paths_differ},
    {"access.stats_path", "access.metrics_path", paths_are_free},
}};

std::string half_of_interval(const Settings& settings) {
  return format_duration(settings.tracker.interval / 2);
}

// So that who only shortens or stretches the interval need not think of the jitter.
std::string fitting_jitter(const Settings& settings) {
  const TrackerSettings& tracker = settings.tracker;
  const seconds room = tracker.peer_timeout - tracker.interval;
  const seconds most = std::min(tracker.interval, 2 * room - seconds(1));
  return format_duration(
      std::clamp(tracker.interval_jitter, seconds(0), std::max(most, seconds(0))));
}

std::string fitting_numwant(const Settings& settings) {
  return std::to_string(std::min(settings.tracker.numwant_default, settings.tracker.numwant_max));
}

constexpr std::array<DerivedDefault, 3> kDerived{{
    {"tracker.min_interval", "tracker.interval", half_of_interval},
    {"tracker.interval_jitter", "tracker.interval", fitting_jitter},
    {"tracker.numwant_default", "tracker.numwant_max", fitting_numwant},
}};

}  // namespace

std::span<const Check> all_checks() { return kChecks; }

std::span<const DerivedDefault> all_derived_defaults() { return kDerived; }

}  // namespace ot
