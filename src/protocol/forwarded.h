// Whose request a proxy has passed on: the address in X-Forwarded-For, X-Real-IP or
// CF-Connecting-IP.
//
// Anybody may send these headers, so they are read only for a connection from a trusted proxy, and
// of a list only as far from the right as trusted proxies have written it: the first address from
// the right that is no proxy of ours is the client; what stands left of it is the client's own
// claim and is never looked at. Entries: an IPv4 or IPv6 address, [v6], either with a port, in
// quotes or not. Empty entries are skipped (RFC 9110, 5.6.1); anything else, "unknown" too, ends
// the walk without an answer. Several header lines are one list. No allocation.
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
  absent,       // no such header, or nothing in it
  unreadable,   // an entry that is no address, before the client's was found
  only_proxies  // every address is a proxy's
};

// For a log line: "an entry that is no address".
[[nodiscard]] std::string_view describe(NoClient reason);

// Says whether an address is a trusted proxy's.
using IsProxy = FunctionRef<bool(const IpAddress&)>;

// The client's address in `fields`, the header lines of a request from a trusted proxy. X-Real-IP
// and CF-Connecting-IP hold one address; a second line of that name is unreadable.
[[nodiscard]] Result<IpAddress, NoClient> forwarded_client(std::string_view fields,
                                                           ForwardedHeader header,
                                                           IsProxy is_proxy);

// Whether any header says that the request came through a proxy: X-Forwarded-For, Forwarded,
// X-Real-IP, CF-Connecting-IP or Via.
[[nodiscard]] bool has_proxy_trace(std::string_view fields);

}  // namespace ot
