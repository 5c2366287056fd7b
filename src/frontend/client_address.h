// Who a client is, decided in one place: by its socket, by what trusted proxies say of it, and by
// the address it names itself if it is trusted to.
//
// In this order: a PROXY header replaces the socket's address; if the result is a trusted proxy's,
// the forwarded header replaces that; the result is the connection's address. Only then, and only
// from a connection in access.ip_from_query, counts the address in the request (ip, ipv4, ipv6, or
// the ip field of BEP 15). A header from anybody else changes nothing. Who came through a proxy
// that does not say from where may not announce: it would be tracked as the proxy. Pure, without
// allocation.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "access/networks.h"
#include "base/function_ref.h"
#include "protocol/forwarded.h"
#include "protocol/proxy_header.h"

namespace ot {

// The fields have the names of their keys: access.proxy, access.ip_from_query, access.proxy_header.
struct AddressRules {
  Networks proxy;
  Networks ip_from_query;
  ForwardedHeader proxy_header = ForwardedHeader::x_forwarded_for;
};

struct AddressEvidence {
  IpAddress socket;
  // What a listener with the PROXY protocol has read in front of the connection.
  std::optional<ProxyHeader> proxy_header;
  // The header lines of an HTTP request; none for a datagram, which no proxy of ours passes on.
  std::optional<std::string_view> fields;
};

enum class AddressRefusal : uint8_t {
  untrusted_proxy,  // a PROXY header from outside access.proxy: close the connection
  proxy_itself,     // a PROXY header without a client
  no_client,        // a trusted proxy, and no usable address in the forwarded header
  not_announceable  // an address nobody can connect to
};

// A sentence for `failure reason`.
[[nodiscard]] std::string_view describe(AddressRefusal refusal);

struct ClientAddress {
  // The connection's: for statistics and for `external ip`. For rights only without a refusal,
  // since else it may be the proxy's.
  IpAddress connection;
  // What is stored in the swarm; the connection's unless a trusted source has named another.
  IpAddress announced;
  // Why it may not announce, if it may not.
  std::optional<AddressRefusal> refusal;
};

// `claimed` gives the address the request names, if it names one; it is called only for those who
// may name one.
using ClaimedAddress = FunctionRef<std::optional<IpAddress>()>;
[[nodiscard]] ClientAddress decide_client_address(const AddressRules& rules,
                                                  const AddressEvidence& evidence,
                                                  ClaimedAddress claimed);

// The first address among the parameters ip, ipv4 and ipv6 of a query, for ClaimedAddress; names
// instead of addresses, which BEP 3 allows, do not count.
[[nodiscard]] std::optional<IpAddress> address_in_query(std::string_view query);

// Whether others could connect to `address`, named by somebody at `source`: not multicast, not
// broadcast, nothing in 0.0.0.0/8, not the unspecified address, loopback only from loopback, and no
// IPv6 form of such an IPv4 address (::a.b.c.d and ::ffff:0:a.b.c.d never; 6to4 and NAT64 are
// judged by the address inside). Private addresses are fine: trackers serve LANs.
[[nodiscard]] bool is_announceable(const IpAddress& address, const IpAddress& source);

}  // namespace ot
