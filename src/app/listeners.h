// The sockets the daemon serves: those that were passed in, or else those it is told to bind. Made
// before root is given up.
#pragma once

#include <vector>

#include "app/environment.h"
#include "app/start_error.h"
#include "base/log.h"
#include "config/settings.h"

namespace ot {

struct Listeners {
  std::vector<UniqueFd> tcp;
  std::vector<UniqueFd> proxied_tcp;  // each connection begins with a PROXY header
  std::vector<UniqueFd> udp;

  // Sockets that were passed in replace all others: half of a restart without loss would be none.
  // The log names each socket, and each that somebody has asked for and that is left out because of
  // that. One at the address of a listen.tcp.proxy is served as such.
  [[nodiscard]] static Result<Listeners, StartError> open(const ListenSettings& settings,
                                                          const Environment& environment, Log& log);
};

}  // namespace ot
