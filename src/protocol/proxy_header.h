// The PROXY protocol, versions 1 (text) and 2 (binary): the header that a TCP proxy sends at the
// start of a connection to name the client. Source: HAProxy's proxy-protocol.txt.
//
// Stateless and without allocation: the input is incomplete, bad, or a header with its size. The
// parser is strict, because programs write these headers: single spaces, canonical addresses and
// ports, CR LF. Version 2 is accepted for TCP over IPv4 or IPv6; UDP and unknown families are bad.
// Records after the addresses (TLVs) are skipped within bounds; a CRC-32C is checked if there is
// one.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "base/bytes.h"
#include "base/ip_address.h"

namespace ot {

// The specification limits text headers. The limit for binary headers is ours; longer ones carry
// client certificates, which no tracker needs.
inline constexpr size_t kMaxProxyText = 107;
inline constexpr size_t kMaxProxyHeader = 4096;

struct ProxyHeader {
  // The client, with port 0 if the proxy says so. Nothing if the connection is the proxy's own
  // (version 2 LOCAL, such as a health check) or the proxy does not know the client (UNKNOWN, a
  // UNIX socket).
  std::optional<Endpoint> source;
  size_t size = 0;  // bytes of the header; the client's bytes follow
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

// Parses the header at the front of `input`, the bytes received so far. Input of neither version is
// refused at its first wrong byte.
[[nodiscard]] ProxyHeaderResult parse_proxy_header(ByteView input);

}  // namespace ot
