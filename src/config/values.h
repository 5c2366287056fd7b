// The texts of a configuration turned into values, one parser a type.
//
// Every parser takes the whole text, without white space around it, and answers the value or why
// it is none and what would be right: "'30x' is not a duration; write a number with s, m, h or d
// behind it, such as 30m". Pure; allocates only for its result.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/ip_address.h"
#include "base/result.h"

namespace ot {

inline constexpr uint16_t kDefaultPort = 6969;
inline constexpr uint16_t kDefaultSyncPort = 9696;

template <typename T>
using Parsed = Result<T, std::string>;

// What a number may be, bounds included; seconds or bytes for durations and sizes.
struct Range {
  uint64_t min = 0;
  uint64_t max = UINT64_MAX;
  // 0 is taken as well, for "no limit".
  bool or_zero = false;

  [[nodiscard]] constexpr bool contains(uint64_t value) const {
    return (value >= min && value <= max) || (or_zero && value == 0);
  }
};

// "90s", "30m", "24h", "7d"; a bare number counts seconds.
[[nodiscard]] Parsed<std::chrono::seconds> parse_duration(std::string_view text,
                                                          const Range& range);
// The same for what is counted in whole minutes: "45m", "180s", not "90s".
[[nodiscard]] Parsed<std::chrono::minutes> parse_minutes(std::string_view text, const Range& range);
// "512", "64K", "512M", "2G": bytes, the units being powers of 1024.
[[nodiscard]] Parsed<uint64_t> parse_size(std::string_view text, const Range& range);
[[nodiscard]] Parsed<uint64_t> parse_count(std::string_view text, const Range& range);

// "yes" or "no".
[[nodiscard]] Parsed<bool> parse_yes_no(std::string_view text, const Range& range);

// The range of these is that of their length in bytes, if it is given.
// Anything not empty.
[[nodiscard]] Parsed<std::string> parse_path(std::string_view text, const Range& range);
// The name of a user.
[[nodiscard]] Parsed<std::string> parse_user(std::string_view text, const Range& range);
// "http://…" or "https://…", of printable ASCII, fit for a Location header.
[[nodiscard]] Parsed<std::string> parse_url(std::string_view text, const Range& range);
// The path of a URL as requests are matched with it: "stats", "a/b"; a slash in front is dropped.
[[nodiscard]] Parsed<std::string> parse_url_path(std::string_view text, const Range& range);

// These have no range.
// The name of a header in which proxies name the client, in any case; answered as it is usually
// written.
[[nodiscard]] Parsed<std::string> parse_proxy_header_name(std::string_view text,
                                                          const Range& range);
// An address or CIDR, of either family.
[[nodiscard]] Parsed<Network> parse_network(std::string_view text, const Range& range);
// An address of a family that this build serves.
[[nodiscard]] Parsed<IpAddress> parse_own_address(std::string_view text);
// Where live sync listens: an address of ours and a port, 9696 if it is not given.
[[nodiscard]] Parsed<Endpoint> parse_sync_endpoint(std::string_view text, const Range& range);
[[nodiscard]] Parsed<uint16_t> parse_port(std::string_view text);

// Where the tracker listens; no address means every one of both families.
struct ListenAddress {
  std::optional<IpAddress> address;
  uint16_t port = 0;
};
// "192.0.2.1", "192.0.2.1:80", "[2001:db8::1]:80", "2001:db8::1", "*:80"; without a port, 6969.
[[nodiscard]] Parsed<ListenAddress> parse_listen_address(std::string_view text);

// "512", "64K", "2G"
[[nodiscard]] std::string format_size(uint64_t bytes);

}  // namespace ot
