// The sockets a loop serves: those that were passed in, otherwise those the configuration names.
// Opened before root is given up.
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

  // Sockets that were passed in replace all others: a restart that keeps only some of its sockets
  // loses requests on the rest. The log names each socket, and each configured address that is left
  // out for that reason. A passed-in socket at the address of a listen.tcp.proxy is served as one.
  // An explicit address that this machine does not have yet is bound all the same, with a warning.
  // Errors begin with the place where the listener was written and say what can be done.
  [[nodiscard]] static Result<Listeners, StartError> open(const ListenSettings& settings,
                                                          const Environment& environment, Log& log);
};

}  // namespace ot
