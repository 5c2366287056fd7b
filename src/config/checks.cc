#include "config/checks.h"

#include <algorithm>
#include <array>
#include <filesystem>

#include "base/duration_text.h"

namespace ot {
namespace {

using std::chrono::seconds;

Fault interval_below_peer_timeout(const Settings& settings) {
  const TrackerSettings& tracker = settings.tracker;
  if (tracker.interval < tracker.peer_timeout) return std::nullopt;
  return "tracker.interval (" + format_duration(tracker.interval) +
         ") must be less than tracker.peer_timeout (" + format_duration(tracker.peer_timeout) +
         "), or peers expire between two announces; the timeout may be up to 200m";
}

Fault jitter_below_peer_timeout(const Settings& settings) {
  const TrackerSettings& tracker = settings.tracker;
  if (tracker.interval >= tracker.peer_timeout) return std::nullopt;  // another check reports it
  const seconds longest_interval = tracker.interval + tracker.interval_jitter / 2;
  if (longest_interval < tracker.peer_timeout) return std::nullopt;
  return "tracker.interval (" + format_duration(tracker.interval) +
         ") plus half of tracker.interval_jitter (" + format_duration(tracker.interval_jitter) +
         ") must be less than tracker.peer_timeout (" + format_duration(tracker.peer_timeout) + ")";
}

Fault jitter_within_interval(const Settings& settings) {
  const TrackerSettings& tracker = settings.tracker;
  if (tracker.interval_jitter <= tracker.interval) return std::nullopt;
  return "tracker.interval_jitter (" + format_duration(tracker.interval_jitter) +
         ") must not be more than tracker.interval (" + format_duration(tracker.interval) + ")";
}

Fault min_interval_within_interval(const Settings& settings) {
  const TrackerSettings& tracker = settings.tracker;
  if (tracker.min_interval <= tracker.interval) return std::nullopt;
  return "tracker.min_interval (" + format_duration(tracker.min_interval) +
         ") must not be more than tracker.interval (" + format_duration(tracker.interval) + ")";
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
  return "access.whitelist and access.blacklist exclude each other; remove one of them";
}

Fault two_fifos(const Settings& settings) {
  if (settings.access.fifo_add.empty()) return std::nullopt;
  if (settings.access.fifo_add != settings.access.fifo_delete) return std::nullopt;
  return "access.fifo_add and access.fifo_delete are the same file; each needs a FIFO of its own";
}

Fault watch_has_a_file(const Settings& settings) {
  const AccessSettings& access = settings.access;
  for (const std::string* file :
       {&access.whitelist, &access.blacklist, &access.deny, &access.proxy_file}) {
    if (!file->empty()) return std::nullopt;
  }
  if (!access.watch) return std::nullopt;
  return "needs a file to watch; name one with access.whitelist, access.blacklist, access.deny or "
         "access.proxy_file, or remove access.watch";
}

// Compares normalized paths: "./a" is "a". A path that is not configured names no file.
bool is_same_file(const std::string& a, const std::string& b) {
  const auto plain = [](const std::string& name) {
    return std::filesystem::path(name).lexically_normal();
  };
  return !a.empty() && !b.empty() && plain(a) == plain(b);
}

Fault journal_has_a_fifo(const Settings& settings) {
  const AccessSettings& access = settings.access;
  if (access.journal.empty()) return std::nullopt;
  if (access.fifo_add.empty() && access.fifo_delete.empty())
    return "keeps what comes by FIFO, and there is none; name one with access.fifo_add or "
           "access.fifo_delete, or remove access.journal";
  if (access.whitelist.empty() && access.blacklist.empty())
    return "keeps changes of a list, and there is none; name one with access.whitelist or "
           "access.blacklist, or remove access.journal";
  return std::nullopt;
}

Fault journal_is_apart(const Settings& settings) {
  struct Other {
    std::string_view key;
    const std::string& path;
  };
  const AccessSettings& access = settings.access;
  const std::array<Other, 8> others{{{"access.whitelist", access.whitelist},
                                     {"access.blacklist", access.blacklist},
                                     {"access.fifo_add", access.fifo_add},
                                     {"access.fifo_delete", access.fifo_delete},
                                     {"access.deny", access.deny},
                                     {"access.proxy_file", access.proxy_file},
                                     {"tracker.load_statedump", settings.tracker.load_statedump},
                                     {"tracker.state_file", settings.tracker.state_file}}};
  for (const Other& other : others) {
    if (is_same_file(access.journal, other.path))
      return "is the same file as " + std::string(other.key) + " (" + other.path +
             "); give the journal a file of its own";
  }
  return std::nullopt;
}

Fault apart_from_state(const Settings& settings, const std::string& path, std::string_view key) {
  const std::string& state = settings.tracker.state_file;
  if (!is_same_file(state, path)) return std::nullopt;
  return "tracker.state_file (" + state + ") and " + std::string(key) +
         " are the same file, which the tracker would overwrite; choose another state file";
}

Fault paths_differ(const Settings& settings) {
  const AccessSettings& access = settings.access;
  if (access.metrics_path != access.stats_path &&
      access.metrics_path != access.stats_path + ".json")
    return std::nullopt;
  return "access.metrics_path (" + access.metrics_path + ") must not be access.stats_path (" +
         access.stats_path + "), with or without .json";
}

Fault proxies_are_known(const Settings& settings) {
  const std::vector<ListenOption>& sockets = settings.listen.sockets;
  const bool any_proxied = std::any_of(sockets.begin(), sockets.end(),
                                       [](const ListenOption& socket) { return socket.proxied; });
  const AccessSettings& access = settings.access;
  if (!any_proxied || !access.proxy.empty() || !access.proxy_file.empty()) return std::nullopt;
  return "listen.tcp.proxy serves only the proxies that access.proxy or access.proxy_file names, "
         "and "
         "there are none; add an access.proxy";
}

bool is_taken(std::string_view path) {
  return path == "announce" || path == "announce.php" || path == "scrape" || path == "scrape.php";
}

Fault paths_are_free(const Settings& settings) {
  const AccessSettings& access = settings.access;
  for (const std::string& path : {access.stats_path, access.metrics_path}) {
    if (is_taken(path))
      return "'" + path + "' is the path where clients announce or scrape; choose another";
  }
  return std::nullopt;
}

constexpr auto kChecks = std::to_array<Check>({
    {"tracker.interval", "tracker.peer_timeout", interval_below_peer_timeout},
    {"tracker.interval_jitter", "tracker.interval", jitter_within_interval},
    {"tracker.interval_jitter", "tracker.peer_timeout", jitter_below_peer_timeout},
    {"tracker.min_interval", "tracker.interval", min_interval_within_interval},
    {"tracker.numwant_default", "tracker.numwant_max", numwant_default_within_max},
    {"access.whitelist", "access.blacklist", one_list},
    {"access.fifo_add", "access.fifo_delete", two_fifos},
    {"access.watch", "access.watch", watch_has_a_file},
    {"access.journal", "access.journal", journal_has_a_fifo},
    {"access.journal", "access.journal", journal_is_apart},
    {"tracker.state_file", "tracker.load_statedump",
     [](const Settings& all) {
       return apart_from_state(all, all.tracker.load_statedump, "tracker.load_statedump");
     }},
    {"tracker.state_file", "access.whitelist",
     [](const Settings& all) {
       return apart_from_state(all, all.access.whitelist, "access.whitelist");
     }},
    {"tracker.state_file", "access.blacklist",
     [](const Settings& all) {
       return apart_from_state(all, all.access.blacklist, "access.blacklist");
     }},
    {"tracker.state_file", "access.fifo_add",
     [](const Settings& all) {
       return apart_from_state(all, all.access.fifo_add, "access.fifo_add");
     }},
    {"tracker.state_file", "access.fifo_delete",
     [](const Settings& all) {
       return apart_from_state(all, all.access.fifo_delete, "access.fifo_delete");
     }},
    {"tracker.state_file", "access.deny",
     [](const Settings& all) { return apart_from_state(all, all.access.deny, "access.deny"); }},
    {"tracker.state_file", "access.proxy_file",
     [](const Settings& all) {
       return apart_from_state(all, all.access.proxy_file, "access.proxy_file");
     }},
    {"listen.tcp.proxy", "access.proxy", proxies_are_known},
    {"access.stats_path", "access.metrics_path", paths_differ},
    {"access.stats_path", "access.metrics_path", paths_are_free},
});

std::string half_of_interval(const Settings& settings) {
  return format_duration(settings.tracker.interval / 2);
}

// Fits the jitter to the interval, so that an operator can change the interval alone.
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
