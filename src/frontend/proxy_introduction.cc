#include "frontend/proxy_introduction.h"

#include <string>

#include "protocol/proxy_header.h"

namespace ot {

bool ProxyIntroduction::trusts(const Endpoint& socket) {
  if (proxies_.contains(socket.address)) return true;
  log_.warning("listen.tcp.proxy: closed a connection from outside access.proxy");
  return false;
}

Introduction ProxyIntroduction::on_introduction(const Endpoint& /*socket*/, ByteView input) {
  using Status = Introduction::Status;
  const ProxyHeaderResult parsed = parse_proxy_header(input);
  switch (parsed.status) {
    case ProxyHeaderResult::Status::incomplete:
      return {Status::need_more};
    case ProxyHeaderResult::Status::complete:
      return {Status::complete, parsed.header.size, parsed.header.source};
    case ProxyHeaderResult::Status::bad:
      break;
  }
  log_.warning("listen.tcp.proxy: closed a connection of a proxy that sent " +
               std::string(describe(parsed.reason)));
  return {Status::refused};
}

}  // namespace ot
