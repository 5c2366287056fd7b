// Finds listeners that cannot be bound together: the same port of the same address twice, or of all
// addresses and of one of them. TCP and UDP do not clash, nor do IPv4 and IPv6.
//
// Pure. Thread: any.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "config/configuration.h"

namespace ot {

struct ListenClash {
  const ConfigEntry* first = nullptr;
  const ConfigEntry* second = nullptr;
  bool tcp = false;
  bool udp = false;

  // What is wrong with the second: "TCP 0.0.0.0:80 is bound twice, here and by ..."
  [[nodiscard]] std::string message() const;
};

// At most one for each entry. The entries outlive the result and stay in place.
[[nodiscard]] std::vector<ListenClash> listen_clashes(std::span<const ConfigEntry> entries);

}  // namespace ot
