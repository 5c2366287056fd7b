// The PROXY protocol in front of the connections of a listener (listen.tcp.proxy): who may speak
// it, and what it says.
//
// Only those in access.proxy are believed; the connections of all others are closed, as are those
// that begin with anything but a header, since a request without one would be the proxy's own. The
// log says so, without an address. Thread: that of the loop.
#pragma once

#include "access/networks.h"
#include "base/log.h"
#include "net/stream.h"

namespace ot {

class ProxyIntroduction final : public Introducer {
 public:
  // Both outlive this.
  ProxyIntroduction(const Networks& proxies, Log& log) : proxies_(proxies), log_(log) {}

  [[nodiscard]] bool trusts(const Endpoint& socket) override;
  [[nodiscard]] Introduction on_introduction(const Endpoint& socket, ByteView input) override;

 private:
  const Networks& proxies_;
  Log& log_;
};

}  // namespace ot
