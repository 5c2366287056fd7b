#include "app/start_report.h"

namespace ot {

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

}  // namespace ot
