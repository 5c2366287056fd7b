// The PROXY protocol, versions 1 (text) and 2 (binary): what a TCP proxy sends in front of a
// connection it passes on, to say whose it is. Source: HAProxy's proxy-protocol.txt.
//
// Stateless and without allocation: incomplete, bad, or a header and its size. Strict, since what
// sends it is a program: single spaces, canonical addresses and ports, CR LF. Version 2 is taken
// for TCP over IPv4 or IPv6; UDP and unknown families are bad. Records behind the addresses (TLVs)
// are skipped, within bounds; a CRC-32C among them is checked.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "base/bytes.h"
#include "base/ip_address.h"

namespace ot {

// The longest text is the specification's, the longest binary header ours: a proxy that sends a
// client's certificate along is not one for a tracker.
inline constexpr size_t kMaxProxyText = 107;
inline constexpr size_t kMaxProxyHeader = 4096;

struct ProxyHeader {
  // Whose connection it is, the port 0 if the proxy says so. None if the proxy speaks for itself
  // (version 2 LOCAL, a health check) or does not know (UNKNOWN, a UNIX socket): the connection is
  // then the proxy's own.
  std::optional<Endpoint> source;
  size_t size = 0;  // bytes of input used; the connection's own follow
};

enum class BadProxyHeader : uint8_t {
  no_signature,
  too_long,
  bad_text,
  bad_version,
  bad_command,
  bad_family,
  bad_length,
  bad_checksum
};

// For a log line: "no PROXY header".
[[nodiscard]] std::string_view describe(BadProxyHeader reason);

struct ProxyHeaderResult {
  enum class Status : uint8_t { incomplete, bad, complete };

  Status status = Status::incomplete;
  BadProxyHeader reason{};  // if bad
  ProxyHeader header{};     // if complete
};

// Reads the header at the front of `input`, the bytes of a connection so far. Whatever is neither
// version is refused at its first wrong byte.
[[nodiscard]] ProxyHeaderResult parse_proxy_header(ByteView input);

}  // namespace ot
