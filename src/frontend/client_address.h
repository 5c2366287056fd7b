// Decides, in this one place, which address a client has: from its socket, from what trusted
// proxies say, and from the address it names itself if it is trusted to.
//
// First, a PROXY header replaces the socket's address. If the result is a trusted proxy's address,
// the forwarded header replaces it. That is the connection's address. Last, and only for a
// connection in access.ip_from_query, the address in the request replaces it in the swarm (ip,
// ipv4, ipv6, or the ip field of BEP 15). Headers from anyone else change nothing.
//
// A request through a proxy that does not name the client may not announce: it would be tracked as
// the proxy. Nor may one whose header or parameter names a martian (base/ip_address.h). A client
// whose own socket has such an address may; the table answers it and does not store it. Pure,
// without allocation.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>

#include "access/networks.h"
#include "access/reloaded_networks.h"
#include "base/function_ref.h"
#include "protocol/forwarded.h"
#include "protocol/proxy_header.h"

namespace ot {

// The fields have the names of their keys: access.proxy with access.proxy_file,
// access.ip_from_query, access.proxy_header, access.deny. One per loop: a reload replaces `proxy`
// and `deny`.
struct AddressRules {
  ReloadedNetworks proxy;
  Networks ip_from_query;
  ForwardedHeader proxy_header = ForwardedHeader::x_forwarded_for;
  DeniedNetworks deny = {};
};

struct AddressEvidence {
  IpAddress socket;
  // What a listener with the PROXY protocol read at the start of the connection.
  std::optional<ProxyHeader> proxy_header;
  // The header lines of an HTTP request; none for a datagram, since datagrams do not come through
  // proxies.
  std::optional<std::string_view> fields;
};

enum class AddressRefusal : uint8_t {
  untrusted_proxy,  // a PROXY header from outside access.proxy: close the connection
  proxy_itself,     // a PROXY header without a client
  no_client,        // a trusted proxy, but no usable address in the forwarded header
  martian           // a header or parameter names an address that no peer can have
};

struct ClientAddress {
  // The connection's: for statistics and for `external ip`. For permissions see has_rights().
  IpAddress connection;
  // The address stored in the swarm: the connection's, unless a trusted source named another.
  IpAddress announced;
  // Why it may not announce; nothing if it may.
  std::optional<AddressRefusal> refusal = std::nullopt;
  // What named the announced address, static text for the start of a sentence: "X-Forwarded-For".
  // Empty if it is the socket's.
  std::string_view named_by = {};
  // A header names an address of access.proxy: a client in the same network, or a proxy that did
  // not name its client.
  bool may_be_proxy = false;

  // Whether the connection's address may have rights. Otherwise a proxy that forgets the header
  // would lend its own to the world.
  [[nodiscard]] bool has_rights() const { return !refusal && !may_be_proxy; }
};

// A sentence for `failure reason`, in `text` or static. The client must have been refused.
using RefusalText = std::array<uint8_t, 256>;
[[nodiscard]] std::string_view describe(const ClientAddress& client, RefusalText& text);

// An address that a request names, and what in it does: "The parameter ip".
struct ClaimedAddress {
  IpAddress address;
  std::string_view named_by;

  friend bool operator==(const ClaimedAddress&, const ClaimedAddress&) = default;
};

// `read_claim` returns the address the request names, if it names one; it is called only for
// clients that may name one.
using ReadClaim = FunctionRef<std::optional<ClaimedAddress>()>;
[[nodiscard]] ClientAddress decide_client_address(const AddressRules& rules,
                                                  const AddressEvidence& evidence,
                                                  ReadClaim read_claim);

// The first address among the parameters ip, ipv4 and ipv6 of a query, for ReadClaim. Host names,
// which BEP 3 allows there, are ignored.
[[nodiscard]] std::optional<ClaimedAddress> address_in_query(std::string_view query);

// Whether access.deny names one of the client's addresses.
[[nodiscard]] inline bool is_denied(const AddressRules& rules, const ClientAddress& client) {
  return rules.deny.contains(client.connection) ||
         (client.announced != client.connection && rules.deny.contains(client.announced));
}

}  // namespace ot
