// The client for whom a proxy passes a request on: the address in X-Forwarded-For, X-Real-IP or
// CF-Connecting-IP.
//
// Anybody can send these headers, so they are read only if the connection comes from a trusted
// proxy. Each proxy appends to the list in X-Forwarded-For, so the list is read from the right: the
// first address that is not a trusted proxy's is the client. Everything to the left of it is the
// client's own claim and is ignored. An entry is an IPv4 or IPv6 address or [v6], with or without a
// port and quotes. Empty entries are skipped (RFC 9110, 5.6.1); any other entry, "unknown"
// included, ends the search without a client. Several header lines are one list. No allocation.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "base/function_ref.h"
#include "base/ip_address.h"
#include "base/result.h"

namespace ot {

enum class ForwardedHeader : uint8_t { x_forwarded_for, x_real_ip, cf_connecting_ip };

// "X-Forwarded-For", "X-Real-IP" or "CF-Connecting-IP", in any case.
[[nodiscard]] std::optional<ForwardedHeader> parse_forwarded_header(std::string_view name);
[[nodiscard]] std::string_view name_of(ForwardedHeader header);

enum class NoClient : uint8_t {
  absent,       // the header is missing or empty
  unreadable,   // an entry to the right of the client's is not an address
  only_proxies  // every address is a trusted proxy's
};

// For a log line: "an entry that is not an address".
[[nodiscard]] std::string_view describe(NoClient reason);

// Whether an address belongs to a trusted proxy.
using IsProxy = FunctionRef<bool(const IpAddress&)>;

// The client's address according to `fields`, the header lines of a request from a trusted proxy.
// X-Real-IP and CF-Connecting-IP hold one address; a second line of that name is unreadable.
[[nodiscard]] Result<IpAddress, NoClient> forwarded_client(std::string_view fields,
                                                           ForwardedHeader header,
                                                           IsProxy is_proxy);

// Whether a header shows that the request came through a proxy: X-Forwarded-For, Forwarded,
// X-Real-IP, CF-Connecting-IP or Via.
[[nodiscard]] bool has_proxy_trace(std::string_view fields);

}  // namespace ot
