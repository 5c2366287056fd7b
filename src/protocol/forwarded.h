// The client for whom a proxy passes a request on: the address in X-Forwarded-For, Forwarded,
// X-Real-IP, CF-Connecting-IP or True-Client-IP.
//
// Anybody can send these headers, so they are read only if the connection comes from a trusted
// proxy. The first two are lists to which each proxy appends, so they are read from the right: the
// first address that is not a trusted proxy's is the client, and if all are, the left-most one is.
// Everything to the left of the client is its own claim and is ignored. The others hold one
// address, which is the client's whatever network it is in.
//
// An address is IPv4, IPv6 or [v6], with or without a port and quotes. In Forwarded (RFC 7239) it
// is the parameter `for` of an element. Empty elements are skipped (RFC 9110, 5.6.1); any other
// without an address, `unknown` and obfuscated names included, ends the search without a client.
// Several header lines are one list, in their order. No allocation.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "base/function_ref.h"
#include "base/ip_address.h"
#include "base/result.h"

namespace ot {

enum class ForwardedHeader : uint8_t {
  x_forwarded_for,
  forwarded,
  x_real_ip,
  cf_connecting_ip,
  true_client_ip
};

// "X-Forwarded-For" and so on, in any case.
[[nodiscard]] std::optional<ForwardedHeader> parse_forwarded_header(std::string_view name);
[[nodiscard]] std::string_view name_of(ForwardedHeader header);

enum class NoClient : uint8_t {
  absent,     // the header is missing or empty
  unreadable  // an entry to the right of the client's names no address
};

// For a log line: "an entry that is not an address".
[[nodiscard]] std::string_view describe(NoClient reason);

// Whether an address belongs to a trusted proxy.
using IsProxy = FunctionRef<bool(const IpAddress&)>;

// The client's address according to `fields`, the header lines of a request from a trusted proxy.
// A second line of a header that holds one address is unreadable.
[[nodiscard]] Result<IpAddress, NoClient> forwarded_client(std::string_view fields,
                                                           ForwardedHeader header,
                                                           IsProxy is_proxy);

// Whether a header shows that the request came through a proxy: one of the five above, or Via.
[[nodiscard]] bool has_proxy_trace(std::string_view fields);

}  // namespace ot
