#include "app/start_report.h"

#include <chrono>

namespace ot {
namespace {

std::string two_digits(int64_t number) { return (number < 10 ? "0" : "") + std::to_string(number); }

}  // namespace

std::string describe(const Standing& standing) {
  const std::string ids =
      "uid " + std::to_string(standing.uid) + ", gid " + std::to_string(standing.gid);
  const std::string whom = standing.user.empty() ? ids : "user " + standing.user + " (" + ids + ")";
  return "running as " + whom + (standing.in_chroot ? ", in a chroot at " : ", in ") +
         standing.directory;
}

std::string describe_access(AccessMode mode, std::string_view list) {
  if (mode == AccessMode::open)
    return "serving every torrent: no white or black list is configured";
  const bool is_white = mode == AccessMode::white;
  if (!list.empty())
    return (is_white ? "serving the torrents of the white list "
                     : "serving every torrent but those of the black list ") +
           std::string(list);
  return is_white ? "serving no torrent: this build has white lists only, and none is configured"
                  : "serving every torrent: no black list is configured";
}

std::string describe_uptime(Duration uptime) {
  const auto days = std::chrono::floor<std::chrono::days>(uptime);
  const std::chrono::hh_mm_ss clock(std::chrono::floor<std::chrono::seconds>(uptime - days));
  return (days.count() > 0 ? std::to_string(days.count()) + " d " : "") +
         two_digits(clock.hours().count()) + ":" + two_digits(clock.minutes().count()) + ":" +
         two_digits(clock.seconds().count());
}

}  // namespace ot
