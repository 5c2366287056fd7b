// The sockets the daemon serves: those that were passed in, or else those it is told to bind. Made
// before root is given up.
#pragma once

#include <span>
#include <vector>

#include "app/environment.h"
#include "app/start_error.h"
#include "base/log.h"
#include "config/options.h"

namespace ot {

struct Listeners {
  std::vector<UniqueFd> tcp;
  std::vector<UniqueFd> udp;

  // Sockets that were passed in replace all others: half of a restart without loss would be none.
  // The log names each socket, and each of `configured` that is left out because of that.
  // `configured` are those somebody has asked for; if there are none, `otherwise` is bound.
  [[nodiscard]] static Result<Listeners, StartError> open(std::span<const ListenOption> configured,
                                                          std::span<const ListenOption> otherwise,
                                                          const Environment& environment, Log& log);

  [[nodiscard]] size_t count() const { return tcp.size() + udp.size(); }
};

}  // namespace ot
