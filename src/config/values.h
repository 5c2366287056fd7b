// Parses the values of a configuration, with a function for each type.
//
// A parser takes the whole text, without white space around it, and returns the value, or what is
// wrong with the text and how to correct it: "'30x' is not a duration; write a number followed by
// s, m, h or d, as in 30m". Pure; allocates only for its result.
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

// The bounds of a number, inclusive; in seconds for durations, in bytes for sizes.
struct Range {
  uint64_t min = 0;
  uint64_t max = UINT64_MAX;
  // Whether 0 is valid as well, for "no limit".
  bool or_zero = false;

  [[nodiscard]] constexpr bool contains(uint64_t value) const {
    return (value >= min && value <= max) || (or_zero && value == 0);
  }
};

// "90s", "30m", "24h", "7d". A number without a unit is an error, except 0.
[[nodiscard]] Parsed<std::chrono::seconds> parse_duration(std::string_view text,
                                                          const Range& range);
// The same in whole minutes: "45m" and "180s", but not "90s".
[[nodiscard]] Parsed<std::chrono::minutes> parse_minutes(std::string_view text, const Range& range);
// "512", "64K", "512M", "2G": bytes; the units are powers of 1024.
[[nodiscard]] Parsed<uint64_t> parse_size(std::string_view text, const Range& range);
[[nodiscard]] Parsed<uint64_t> parse_count(std::string_view text, const Range& range);

// "on" or "off".
[[nodiscard]] Parsed<bool> parse_on_off(std::string_view text, const Range& range);
// "yes" or "no".
[[nodiscard]] Parsed<bool> parse_yes_no(std::string_view text, const Range& range);

// For the next four, range.max limits the length in bytes.
// Any text that is not empty.
[[nodiscard]] Parsed<std::string> parse_path(std::string_view text, const Range& range);
// A name, or numbers as parse_user_numbers() takes them.
[[nodiscard]] Parsed<std::string> parse_user(std::string_view text, const Range& range);
// "http://…" or "https://…" in printable ASCII, safe in a Location header.
[[nodiscard]] Parsed<std::string> parse_url(std::string_view text, const Range& range);
// The path of a URL without its leading slash: "stats", "a/b".
[[nodiscard]] Parsed<std::string> parse_url_path(std::string_view text, const Range& range);

// The ids of a user that is written as numbers.
struct UserNumbers {
  uint32_t uid = 0;
  uint32_t gid = 0;
};
// "65534" (the gid is the same number) or "1000:100"; nothing if the text is a name. The error
// refuses ids that are root's or not valid.
[[nodiscard]] Parsed<std::optional<UserNumbers>> parse_user_numbers(std::string_view text);

// The others ignore the range.
// A header in which proxies name the client, in any case; returned in its usual spelling.
[[nodiscard]] Parsed<std::string> parse_proxy_header_name(std::string_view text,
                                                          const Range& range);
// An address or a CIDR network of either family.
[[nodiscard]] Parsed<Network> parse_network(std::string_view text, const Range& range);
// An address of a family that this build serves.
[[nodiscard]] Parsed<IpAddress> parse_own_address(std::string_view text);
// The address where live sync listens, and its port; without a port, 9696.
[[nodiscard]] Parsed<Endpoint> parse_sync_endpoint(std::string_view text, const Range& range);
[[nodiscard]] Parsed<uint16_t> parse_port(std::string_view text);

// Where the tracker listens; no address means every address of both families.
struct ListenAddress {
  std::optional<IpAddress> address;
  uint16_t port = 0;
};
// "192.0.2.1", "192.0.2.1:80", "[2001:db8::1]:80", "2001:db8::1", "*:80"; without a port, 6969.
[[nodiscard]] Parsed<ListenAddress> parse_listen_address(std::string_view text);

// What an IPv6 address without brackets was probably meant to be, if its last group looks like a
// port and the rest is an address: [2001:db8::1]:6969 for 2001:db8::1:6969.
[[nodiscard]] std::optional<Endpoint> endpoint_meant_by(std::string_view text);

// "512", "64K", "2G"
[[nodiscard]] std::string format_size(uint64_t bytes);

}  // namespace ot
