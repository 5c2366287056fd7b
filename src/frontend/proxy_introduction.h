// Reads the PROXY protocol at the start of connections to a listen.tcp.proxy.
//
// Only the networks of access.proxy and access.proxy_file are trusted. A connection from elsewhere
// is closed, and so is one that does not begin with a PROXY header, since its requests would count
// as the proxy's own. The log reports both without an address. Thread: the loop's.
#pragma once

#include "access/reloaded_networks.h"
#include "base/log.h"
#include "net/stream.h"

namespace ot {

class ProxyIntroduction final : public Introducer {
 public:
  // Both outlive this.
  ProxyIntroduction(const ReloadedNetworks& proxies, Log& log) : proxies_(proxies), log_(log) {}

  [[nodiscard]] bool trusts(const Endpoint& socket) override;
  [[nodiscard]] Introduction on_introduction(const Endpoint& socket, ByteView input) override;

 private:
  const ReloadedNetworks& proxies_;
  Log& log_;
};

}  // namespace ot
